// Finds the elements inside blocks, for pruning typed values and for checking a form.
import type { Block } from '../../../server/protocol.js';
import { isPageBlock, isPageElement, type PageBlock, type PageElement } from './model.js';

export interface PlacedElement {
  blockId: string;
  actionId: string;
  element: PageElement;
  /** The input block's own settings; absent for elements in other blocks. */
  input?: { label: string; optional: boolean };
}

function elementsOf(block: PageBlock): readonly { type: string; action_id?: string }[] {
  switch (block.type) {
    case 'actions':
      return block.elements;
    case 'section':
      return block.accessory ? [block.accessory] : [];
    case 'input':
      return [block.element];
    default:
      return [];
  }
}

/** Every known element of the blocks, in the order they are shown. */
export function listElements(blocks: readonly Block[]): PlacedElement[] {
  return blocks.flatMap((block) => {
    if (!isPageBlock(block)) return [];
    const known: PageBlock = block;
    const input =
      known.type === 'input' ? { label: known.label.text, optional: known.optional ?? false } : undefined;
    return elementsOf(known).flatMap((element) =>
      isPageElement(element) && 'action_id' in element && typeof element.action_id === 'string'
        ? [{ blockId: block.block_id, actionId: element.action_id, element, ...(input ? { input } : {}) }]
        : [],
    );
  });
}
