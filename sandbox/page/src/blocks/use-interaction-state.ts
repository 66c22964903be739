// Holds what a person typed into one message or view and sends its actions; the server holds the truth.

import { useCallback, useId, useMemo, useRef, useState } from 'react';
import type { Block, Container, GivenAction, StateValue, StateValues } from '../../../server/protocol.js';
import { sendAction } from '../store/api.js';
import { useDirectory } from '../store/page-context.js';
import { describeError } from '../words/explain.js';
import { useWords } from '../words/words.js';
import { listElements } from './block-elements.js';
import { elementKey, type Interaction, mergeValues, type Progress, withValue } from './interaction.js';

interface Source {
  container: Container;
  blocks: readonly Block[];
  heading?: Interaction['heading'];
  /** Changes whenever the app replaced the blocks. */
  version: unknown;
  /** What the server holds for the elements. */
  held: StateValues;
  errors: Readonly<Record<string, string>>;
  onEdit?: (blockId: string) => void;
}

/** Typed values whose element is still there, of the same kind; the rest begins anew as in Slack. */
export function pruneValues(values: StateValues, blocks: readonly Block[]): StateValues {
  let kept: StateValues = {};
  for (const { blockId, actionId, element } of listElements(blocks)) {
    const value = values[blockId]?.[actionId];
    if (value && value.type === element.type) kept = withValue(kept, blockId, actionId, value);
  }
  return kept;
}

/** The interaction of one message or view, and all its values as they would be submitted. */
export function useInteractionState(source: Source): { interaction: Interaction; values: StateValues } {
  const words = useWords();
  const { as } = useDirectory();
  const prefix = useId();
  const [typed, setTyped] = useState<StateValues>({});
  const [seen, setSeen] = useState(source.version);
  const [progress, setProgress] = useState<ReadonlyMap<string, Progress>>(new Map());
  if (seen !== source.version) {
    setSeen(source.version);
    setTyped(pruneValues(typed, source.blocks));
    setProgress((known) => new Map([...known].filter(([, one]) => one.state === 'pending')));
  }

  const values = mergeValues(pruneValues(source.held, source.blocks), typed);
  // A change and its action happen in one step, before React draws again: both read from here.
  const latest = useRef(values);
  latest.current = values;
  const { container, errors, onEdit, heading = 'h2' } = source;
  const where = useRef(container);
  where.current = container;

  const readValue = useCallback(
    (blockId: string, actionId: string) => latest.current[blockId]?.[actionId],
    [],
  );
  const writeValue = useCallback(
    (blockId: string, actionId: string, value: StateValue) => {
      latest.current = withValue(latest.current, blockId, actionId, value);
      setTyped((known) => withValue(known, blockId, actionId, value));
      onEdit?.(blockId);
    },
    [onEdit],
  );
  const act = useCallback(
    (action: GivenAction) => {
      const key = elementKey(action.block_id, action.action_id);
      const mark = (one: Progress | undefined) =>
        setProgress((known) => {
          const next = new Map(known);
          if (one) next.set(key, one);
          else next.delete(key);
          return next;
        });
      mark({ state: 'pending' });
      sendAction({ as, container: where.current, action, state: { values: latest.current } }).then(
        (answer) => {
          if (answer.status === 'acked') mark(undefined);
          else mark({ state: answer.status, text: answer.message ?? '' });
        },
        (error: unknown) => mark({ state: 'error', text: describeError(error, words) }),
      );
    },
    [as, words],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: fields read through a ref and are drawn again by `typed`
  const interaction = useMemo<Interaction>(
    () => ({ container, prefix, heading, readValue, writeValue, act, progress, errors }),
    [container, prefix, heading, readValue, writeValue, act, progress, errors, typed, source.held],
  );
  return { interaction, values };
}
