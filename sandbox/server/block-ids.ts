// Ids of blocks and elements where the app gave none.
import { newShortId } from './ids.js';
import type { Block } from './protocol.js';
import { elementsOf } from './validate-blocks.js';
import { isObject } from './validate-rules.js';
import { STATEFUL } from './view-state.js';

/**
 * A copy of validated blocks in which every block and element has an id, as Slack gives them.
 *
 * @param before the blocks that these replace. One without an id that is drawn as it was keeps the id it got, so that
 *   what is pressed at the moment of the change is still there. One that holds a value never does: without an id of
 *   its own it begins anew, as in Slack.
 */
export function withIds(blocks: readonly unknown[], before: readonly Block[] = []): Block[] {
  const known = new Map<string, string[]>();
  for (const { block_id: id, ...drawn } of before) {
    const key = JSON.stringify(drawn);
    known.set(key, [...(known.get(key) ?? []), id]);
  }
  const copies = structuredClone(blocks).filter(isObject);
  const given = new Set(copies.map((block) => block.block_id));
  return copies.map((block) => {
    const elements = elementsOf(block).map(({ element }) => element);
    const holdsValue = elements.some((element) => Object.hasOwn(STATEFUL, String(element.type)));
    for (const element of elements) {
      if (element.type !== 'image') element.action_id ??= newShortId();
    }
    const { type, block_id: blockId, ...rest } = block;
    const drawn = { type: String(type), ...rest };
    const kept = holdsValue ? undefined : known.get(JSON.stringify(drawn))?.shift();
    const free = kept === undefined || given.has(kept) ? newShortId() : kept;
    return { block_id: typeof blockId === 'string' ? blockId : free, ...drawn };
  });
}
