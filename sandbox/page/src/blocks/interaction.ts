// What the blocks of one message or view share: typed values, actions under way, and field errors.
import { createContext, use } from 'react';
import type { Container, GivenAction, StateValue, StateValues } from '../../../server/protocol.js';

/** How the last action of an element went; absent when it was acknowledged in time. */
export interface Progress {
  state: 'pending' | 'timeout' | 'error';
  /** What went wrong, for 'error'. */
  text?: string;
}

export interface Interaction {
  container: Container;
  /** Prefix that makes element ids unique on the page. */
  prefix: string;
  readValue: (blockId: string, actionId: string) => StateValue | undefined;
  writeValue: (blockId: string, actionId: string, value: StateValue) => void;
  act: (action: GivenAction) => void;
  progress: ReadonlyMap<string, Progress>;
  /** Heading element of header blocks: below the title of the place or of the modal. */
  heading: 'h2' | 'h3';
  /** Field errors by block_id. */
  errors: Readonly<Record<string, string>>;
}

export const InteractionContext = createContext<Interaction | undefined>(undefined);

/** The message or view that the calling block is part of. */
export function useInteraction(): Interaction {
  const interaction = use(InteractionContext);
  if (!interaction) throw new Error('a block was drawn outside of a message or view');
  return interaction;
}

/** Key of an element in `progress`. */
export function elementKey(blockId: string, actionId: string): string {
  return `${blockId}\u0000${actionId}`;
}

/** `values` with one element's value replaced. */
export function withValue(
  values: StateValues,
  blockId: string,
  actionId: string,
  value: StateValue,
): StateValues {
  return { ...values, [blockId]: { ...values[blockId], [actionId]: value } };
}

/** `over` laid over `base`, element by element. */
export function mergeValues(base: StateValues, over: StateValues): StateValues {
  const merged: StateValues = { ...base };
  for (const [blockId, actions] of Object.entries(over)) merged[blockId] = { ...merged[blockId], ...actions };
  return merged;
}
