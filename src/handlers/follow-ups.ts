// Following up an instalment: the form with its dependent fields, its presets Promise and Dispute, and the end of a pause.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import {
  type FollowUpResult,
  isKind,
  isResult,
  MAX_CONTENT,
  MAX_REASON,
} from '../domain/follow-ups/follow-up.js';
import { recordFollowUp, resumeChasing } from '../domain/follow-ups/follow-up.service.js';
import { newId } from '../domain/ids.js';
import type { InstalmentRowData } from '../domain/plans/instalment.queries.js';
import type { Deps } from './deps.js';
import { ACTION, VIEW } from './ids.js';
import { drawInstalment, isOnTop, loadRow } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { followUpDone, followUpModal } from './views/follow-up-views.js';
import { withTyped } from './views/form-views.js';

const rowValue = z.object({ i: z.uuid() });
/** `o`: on top of the instalment's own window; `k`: the preset it was opened with. */
const metadata = formMetadata({
  i: z.uuid(),
  o: z.boolean(),
  k: z.enum(['promised', 'disputed']).nullable(),
});
type Metadata = z.infer<typeof metadata>;

/** Plugs in follow-ups. */
export function registerFollowUps(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.followUp, (turn) => openFollowUp(turn, parseValue(rowValue, turn.value).i, null));
  doors.action(ACTION.followUpResult, chooseResult);
  doors.action(ACTION.followUpResume, runResume);
  doors.submit(VIEW.followUp, metadata, submitFollowUp);
}

/** Opens the form. @throws DomainError not_found, access.denied, follow_up.not_open */
export async function openFollowUp(turn: ActionTurn, id: string, preset: Metadata['k']): Promise<void> {
  const { ctx } = turn;
  const row = await loadRow(turn, id);
  authorize(ctx.actor, 'follow_up.record', row.ownerId);
  if (!['open', 'postponed', 'overdue', 'undated'].includes(row.state))
    throw new DomainError('follow_up.not_open', { seq: row.seq, state: row.state });
  const shown = { r: newId(ctx.now), i: id, o: isOnTop(turn), k: preset } satisfies Metadata;
  await showView(turn, draw(turn, row, preset, shown));
}

const draw = (
  turn: Pick<Turn, 'ctx' | 't'>,
  row: InstalmentRowData,
  result: FollowUpResult | null,
  shown: Metadata,
) => followUpModal({ row, result, preset: shown.k, metadata: JSON.stringify(shown) }, readerOf(turn));

/** The fields of the chosen result appear; what was typed stays. */
async function chooseResult(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const shown = parseValue(metadata, view.private_metadata);
  const row = await loadRow(turn, shown.i);
  const result = isResult(turn.value) ? turn.value : null;
  await turn.redraw(withTyped(draw(turn, row, result, shown), view.state.values));
}

async function submitFollowUp(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, form, metadata: shown } = turn;
  const row = await loadRow(turn, shown.i);
  const kind = form.requiredChoice('kind');
  const chosen = form.choice('result');
  const result = isResult(chosen) ? chosen : null;
  if (!isKind(kind)) throw new DomainError('choice.unknown', { value: kind }, 'kind');
  const needs = result === 'promised' ? 'promisedOn' : result === 'disputed' ? 'reason' : null;
  // Slack did not tell the choice before it was sent: the fields that it needs must be seen first.
  if (needs !== null && form.blockIdOf(needs) === undefined)
    return { update: withTyped(draw(turn, row, result, shown), turn.view.state.values) };
  const saysItself = result === 'promised' || result === 'disputed';
  const text = { max: MAX_CONTENT };
  const future = { today: ctx.today, prefer: 'future' } as const;
  const input = {
    instalmentId: shown.i,
    kind,
    content: saysItself ? form.text('content', text) : form.requiredText('content', text),
    result,
    promisedOn: result === 'promised' ? form.requiredDate('promisedOn', future) : null,
    promisedAmount: result === 'promised' ? form.amount('promisedAmount', row.currency) : null,
    reason: result === 'disputed' ? form.requiredText('reason', { max: MAX_REASON }) : null,
    pauseUntil: result === 'disputed' ? form.requiredDate('pauseUntil', future) : null,
    nextOn: form.date('nextOn', future),
  };
  form.check();
  await recordFollowUp(ctx, input);
  const saved = { result, date: input.promisedOn ?? input.pauseUntil, amount: input.promisedAmount };
  const words = followUpDone(saved, await loadRow(turn, shown.i), readerOf(turn));
  return returnTo(turn, shown.o, await drawInstalment(turn, shown.i, words));
}

async function runResume(turn: ActionTurn): Promise<void> {
  const { i } = parseValue(rowValue, turn.value);
  await loadRow(turn, i);
  await resumeChasing(turn.ctx, i);
  const words = turn.t('follow_ups:done.resumed');
  if (modalOf(turn)) await turn.redraw(await drawInstalment(turn, i, words));
  else await turn.tell(words);
}
