// Finds what a person clicked: the message or view, the block and the element, as far as that person can see it.
import { resolveChannel } from './commands.js';
import { findEphemeral, findMessage } from './messages.js';
import type { Block, Container } from './protocol.js';
import type { Slack } from './slack.js';
import { elementsOf } from './validate-blocks.js';
import { isObject, type Json } from './validate-rules.js';
import { findView } from './views.js';
import type { StoredChannel, StoredMessage, StoredView } from './world.js';

export type Found =
  | { type: 'message'; channel: StoredChannel; message: StoredMessage; blocks: Block[] }
  | { type: 'view'; view: StoredView; blocks: Block[] };

/** The message or view a person interacts with; undefined when it is gone or not theirs. */
export function findContainer(slack: Slack, as: string, container: Container): Found | undefined {
  if (container.type === 'view') {
    const view = findView(slack, container.view_id);
    return view?.user === as ? { type: 'view', view, blocks: view.blocks } : undefined;
  }
  const channel = resolveChannel(slack, as, container.channel);
  if (!channel) return undefined;
  const message =
    findMessage(slack, channel.id, container.ts) ?? findEphemeral(slack, as, channel.id, container.ts);
  return message && { type: 'message', channel, message, blocks: message.blocks ?? [] };
}

/** The element of a block by its ids. */
export function findElement(
  blocks: Block[],
  blockId: string,
  actionId: string,
): { block: Block; element: Json } | undefined {
  const block = blocks.find((entry) => entry.block_id === blockId);
  if (!block) return undefined;
  const hit = elementsOf(block).find(({ element }) => isObject(element) && element.action_id === actionId);
  return hit && { block, element: hit.element };
}
