// One element's value, its changes and its confirmation; every interactive element goes through here.
import type { ConfirmationDialog } from '@slack/types';
import { type ReactNode, useState } from 'react';
import type { StateValue } from '../../../server/protocol.js';
import { elementKey, useInteraction } from '../blocks/interaction.js';
import type { PageElement } from '../blocks/model.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { initialValue } from './initial-value.js';

/** What an element needs to know of the block around it. */
export interface Frame {
  blockId: string;
  controlId: string;
  /** Id of the visible label, or the text of an invisible one. */
  labelledBy?: string | undefined;
  label?: string | undefined;
  describedBy?: string | undefined;
  invalid: boolean;
  required: boolean;
  /** May be emptied again (an optional input). */
  clearable: boolean;
  /** Each change is sent to the app at once. */
  dispatches: boolean;
}

export interface Field {
  value: StateValue | undefined;
  pending: boolean;
  /** Keeps the value; with `send` also tells the app. Asks first where the element has a `confirm`. */
  change: (value: StateValue, send: boolean) => void;
  /** Tells the app the value as it stands. */
  send: () => void;
  /** Sends an action that holds no value (a button, an overflow entry). */
  press: (parts: Partial<StateValue>) => void;
  /** The confirmation dialog while it is open. */
  confirmation: ReactNode;
}

type Valued = PageElement & { action_id?: string; confirm?: ConfirmationDialog };

/** Value and actions of `element` in the block described by `frame`. */
export function useField(element: Valued, frame: Frame): Field {
  const interaction = useInteraction();
  const [asking, setAsking] = useState<(() => void) | undefined>(undefined);
  const actionId = element.action_id ?? '';
  const value = interaction.readValue(frame.blockId, actionId) ?? initialValue(element);
  const pending = interaction.progress.get(elementKey(frame.blockId, actionId))?.state === 'pending';

  const act = (parts: Partial<StateValue>) => {
    if (pending && element.type === 'button') return;
    interaction.act({ ...parts, type: element.type, block_id: frame.blockId, action_id: actionId });
  };
  const confirmed = (step: () => void) => {
    if (element.confirm) setAsking(() => step);
    else step();
  };
  return {
    value,
    pending,
    change: (next, send) => {
      const apply = () => {
        interaction.writeValue(frame.blockId, actionId, next);
        if (send) act(next);
      };
      if (send) confirmed(apply);
      else apply();
    },
    send: () => {
      const held = interaction.readValue(frame.blockId, actionId) ?? value;
      if (held) confirmed(() => act(held));
    },
    press: (parts) => confirmed(() => act(parts)),
    confirmation: asking && element.confirm && (
      <ConfirmDialog
        confirm={element.confirm}
        onNo={() => setAsking(undefined)}
        onYes={() => {
          setAsking(undefined);
          asking();
        }}
      />
    ),
  };
}

/** Attributes shared by every control that holds a value. */
export function controlAttributes(element: Valued, frame: Frame) {
  return {
    id: frame.controlId,
    'data-action-id': element.action_id ?? '',
    ...(frame.labelledBy ? { 'aria-labelledby': frame.labelledBy } : {}),
    ...(!frame.labelledBy && frame.label ? { 'aria-label': frame.label } : {}),
    ...(frame.describedBy ? { 'aria-describedby': frame.describedBy } : {}),
    ...(frame.invalid ? { 'aria-invalid': true as const } : {}),
    ...('focus_on_load' in element && element.focus_on_load ? { 'data-focus-on-load': true } : {}),
  };
}
