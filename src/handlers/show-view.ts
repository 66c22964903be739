// Opening windows from anywhere: a command and a click differ only in whether a modal is open already.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import type { ActionTurn, Turn } from './turns.js';
import type { RowReader } from './views/row-views.js';

/** A command, a shortcut or a click: whatever can open a window. */
export type Opener = Turn & Partial<Pick<ActionTurn, 'show'>>;

/** Opens a modal; on top of the one in which the click happened. */
export async function showView(turn: Opener, view: ModalView): Promise<void> {
  if (turn.show) await turn.show(view);
  else await turn.client.views.open({ trigger_id: turn.triggerId, view });
}

/** For whom and when the views of this turn are drawn. */
export function readerOf({ ctx, t }: Pick<Turn, 'ctx' | 't'>): RowReader {
  const { actor, today, now } = ctx;
  return { t, locale: actor.locale, today, now, timezone: actor.timezone, actor };
}

/** An id out of a payload. @throws DomainError not_found for anything that is not one */
export function recordId(text: string): string {
  if (z.uuid().safeParse(text).success) return text;
  throw new DomainError('not_found', { ref: '' });
}

/** Whether a reference is an id; else it is a number as people know it. */
export const isRecordId = (ref: string): boolean => z.uuid().safeParse(ref).success;
