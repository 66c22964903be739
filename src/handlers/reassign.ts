// [改派]: an instalment gets another owner, from its window, its case's thread, or a digest where its owner has left.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findPersonBySlackId } from '../domain/members/member.queries.js';
import { reassignInstalment } from '../domain/plans/reassign.service.js';
import { ACTION, VIEW } from './ids.js';
import { drawInstalment, isOnTop, loadRow } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { reassignModal } from './views/reassign-views.js';

/** `o`: on top of the instalment's own window. */
const metadata = formMetadata({ i: z.uuid(), v: z.number().int(), o: z.boolean() });
type Metadata = z.infer<typeof metadata>;

/** Plugs in the form. */
export function registerReassign(doors: Doors): void {
  doors.opens(ACTION.instalmentAssign, (turn) =>
    openReassign(turn, parseValue(z.object({ i: z.uuid() }), turn.value).i),
  );
  doors.submit(VIEW.instalmentAssign, metadata, submitReassign);
}

/** Opens the form. @throws DomainError not_found, access.denied */
export async function openReassign(turn: ActionTurn, id: string): Promise<void> {
  const row = await loadRow(turn, id);
  authorize(turn.ctx.actor, 'instalment.assign', row.ownerId);
  const shown = { r: newId(turn.ctx.now), i: id, v: row.version, o: isOnTop(turn) } satisfies Metadata;
  await turn.show(reassignModal(row, JSON.stringify(shown), readerOf(turn)));
}

async function submitReassign(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const slackUserId = form.requiredChoice('to');
  form.check();
  const person = await findPersonBySlackId(ctx.db, slackUserId);
  if (!person) throw new DomainError('not_found', { ref: '' }, 'to');
  await reassignInstalment(ctx, { id: shown.i, version: shown.v, toId: person.id });
  return returnTo(
    turn,
    shown.o,
    await drawInstalment(turn, shown.i, t('reassign:done', { name: person.name })),
  );
}
