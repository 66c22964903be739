// ⋯ of a row, wherever rows are listed: what was chosen opens its form.
import { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import type { Deps } from './deps.js';
import { openFollowUp } from './follow-ups.js';
import { ACTION } from './ids.js';
import { openPostpone, showInstalment } from './instalments.js';
import type { Doors } from './listen.js';
import { openReassign } from './reassign.js';
import { openSnooze } from './snoozes.js';
import type { ActionTurn } from './turns.js';
import { ROW_CHOICES, type RowChoice } from './views/row-views.js';

/** The id of the block is the row's (rowBlockId). */
const asked = z.object({
  what: z.enum(ROW_CHOICES),
  id: z
    .string()
    .startsWith('row:')
    .transform((text) => text.slice(4))
    .pipe(z.uuid()),
});

const OPENERS: Record<RowChoice, (turn: ActionTurn, id: string) => Promise<void>> = {
  promise: (turn, id) => openFollowUp(turn, id, 'promised'),
  dispute: (turn, id) => openFollowUp(turn, id, 'disputed'),
  postpone: openPostpone,
  snooze: openSnooze,
  assign: openReassign,
  open: showInstalment,
};

/** Listens to ⋯. */
export function registerRowActions(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.instalmentMore, async (turn) => {
    const read = asked.safeParse({ what: turn.value, id: turn.action.block_id });
    if (!read.success) throw new DomainError('not_found', { ref: '' });
    const { what, id } = read.data;
    await OPENERS[what](turn, id);
  });
}
