// One instalment: open it, edit, postpone, delete (ux §3, §4.3). What a form on top of its window changes is seen there.
import { z } from 'zod';
import { authorize, can } from '../domain/access.js';
import { DomainError, isDomainError, type ManagerRule } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { isLocalDate, type LocalDate } from '../domain/local-date.js';
import { deleteInstalment } from '../domain/plans/delete-instalment.service.js';
import { decidePostponement } from '../domain/plans/instalment.js';
import { findRow, type InstalmentRowData } from '../domain/plans/instalment.queries.js';
import { findInstalmentDetail, type InstalmentDetail } from '../domain/plans/instalment-detail.queries.js';
import { MAX_REMIND_DAYS } from '../domain/plans/plan.js';
import { editInstalment, postponeInstalment } from '../domain/plans/plan-changes.service.js';
import { askPostponement } from '../domain/plans/postponement-ask.service.js';
import type { Deps } from './deps.js';
import { formatDate, formatMoney, formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { type Opener, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withAlert, withTyped } from './views/form-views.js';
import { editModal, instalmentModal, postponeModal } from './views/instalment-views.js';

const rowValue = z.object({ i: z.uuid() });
const deleteValue = z.object({ i: z.uuid(), v: z.number().int() });
const metadata = formMetadata({
  i: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  d: z.boolean().default(false),
});
type Metadata = z.infer<typeof metadata>;
/** `a`: the person has seen that a manager must approve. */
const postponeMetadata = metadata.extend({ a: z.boolean() });
type PostponeMetadata = z.infer<typeof postponeMetadata>;

/** Plugs in what can be done with one instalment. */
export function registerInstalments(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.instalmentOpen, (turn) => showInstalment(turn, parseValue(rowValue, turn.value).i));
  doors.opens(ACTION.instalmentPostpone, (turn) => openPostpone(turn, parseValue(rowValue, turn.value).i));
  doors.opens(ACTION.instalmentEdit, (turn) => openEdit(turn, parseValue(rowValue, turn.value).i));
  doors.action(ACTION.instalmentDelete, runDelete);
  doors.submit(VIEW.instalmentEdit, metadata, submitEdit);
  doors.action(ACTION.postponeTo, chooseDay);
  doors.submit(VIEW.instalmentPostpone, postponeMetadata, submitPostpone);
}

/**
 * Opens the window of an instalment.
 * @throws DomainError not_found, also where it lies outside the reader's scope
 */
export async function showInstalment(turn: Opener, instalmentId: string): Promise<void> {
  await showView(turn, openView(turn, await load(turn, recordId(instalmentId))));
}

async function load({ ctx }: Pick<Turn, 'ctx'>, id: string): Promise<InstalmentDetail> {
  const row = await findInstalmentDetail(ctx, id);
  if (!row) throw new DomainError('not_found', { ref: '' });
  return row;
}

/** The row for a form about it. @throws DomainError not_found, also outside the reader's scope */
export async function loadRow({ ctx }: Pick<Turn, 'ctx'>, id: string): Promise<InstalmentRowData> {
  const row = await findRow(ctx, id);
  if (!row) throw new DomainError('not_found', { ref: '' });
  return row;
}

/** The window from fresh facts, with what was just done. @throws DomainError not_found */
export const drawInstalment = async (turn: Pick<Turn, 'ctx' | 't'>, id: string, result?: string) =>
  openView(turn, await load(turn, id), result);

const openView = (turn: Pick<Turn, 'ctx' | 't'>, row: InstalmentDetail, result?: string) =>
  instalmentModal(row, readerOf(turn), turn.ctx.company.settings.paymentMethods, result);

/** Whether the click came from the instalment's own window. */
export function isOnTop(turn: ActionTurn): boolean {
  const shown = z.object({ k: z.literal('instalment') });
  const text = turn.body.view?.type === 'modal' ? turn.body.view.private_metadata : '';
  try {
    return shown.safeParse(JSON.parse(text || '{}')).success;
  } catch {
    return false;
  }
}

const formState = (turn: ActionTurn, row: InstalmentDetail) => ({
  requestId: newId(turn.ctx.now),
  row,
  onTop: isOnTop(turn),
});

/** Opens the form of a postponement. @throws DomainError instalment.not_postponable, instalment.postponement_open */
export async function openPostpone(turn: ActionTurn, id: string): Promise<void> {
  const row = await load(turn, id);
  authorize(turn.ctx.actor, 'instalment.postpone', row.ownerId);
  if (!['open', 'postponed', 'overdue'].includes(row.state)) {
    throw new DomainError('instalment.not_postponable', { seq: row.seq, state: row.state });
  }
  if (row.postponement) {
    const who = row.postponement.approval.approvers.map((one) => one.name).join(turn.t('common:comma'));
    throw new DomainError('instalment.postponement_open', { who });
  }
  await turn.show(postponeModal({ ...formState(turn, row), asks: null }, readerOf(turn)));
}

/** Which rule asks for the manager, if the person may not choose this day alone. */
function ruleFor({ ctx }: Pick<Turn, 'ctx'>, row: InstalmentDetail, to: LocalDate): ManagerRule | null {
  const by = can(ctx.actor, 'instalment.postpone_further', row.ownerId) ? 'manager' : 'rep';
  const decision = decidePostponement({ ...row, lifecycle: 'open' }, to, ctx.today, by);
  return !decision.ok && decision.code === 'instalment.needs_manager'
    ? { kind: decision.params.reason, latest: decision.params.latest }
    : null;
}

/** A day was chosen: whether it needs the manager is said before it is sent. */
async function chooseDay(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const shown = parseValue(postponeMetadata, view.private_metadata);
  const row = await load(turn, shown.i);
  const to = isLocalDate(turn.value) ? turn.value : null;
  const asks = to && ruleFor(turn, row, to);
  // Nothing to say, before and after: drawn all the same it would wipe the errors of a form that is sent at once.
  if (asks === null && !shown.a) return;
  const state = { requestId: shown.r, row: { ...row, version: shown.v }, onTop: shown.o, asks };
  await turn.redraw(withTyped(postponeModal(state, readerOf(turn)), view.state.values));
}

async function openEdit(turn: ActionTurn, id: string): Promise<void> {
  const row = await load(turn, id);
  authorize(turn.ctx.actor, 'instalment.edit', row.ownerId);
  const { paymentMethods } = turn.ctx.company.settings;
  await turn.show(editModal(formState(turn, row), readerOf(turn), paymentMethods));
}

async function runDelete(turn: ActionTurn): Promise<void> {
  const { i, v } = parseValue(deleteValue, turn.value);
  const row = await load(turn, i);
  await deleteInstalment(turn.ctx, { id: i, version: v });
  const amount = formatMoney(turn.ctx.actor.locale, { minor: row.amount, currency: row.currency });
  const words = turn.t('plans:delete.done', { n: row.seq, amount });
  if (isOnTop(turn)) await turn.redraw(openView(turn, await load(turn, i), words));
  else await turn.tell(words);
}

async function submitEdit(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx, t } = turn;
  const row = await load(turn, shown.i);
  const change = {
    id: shown.i,
    version: shown.v,
    name: form.requiredText('name', { max: 60 }),
    // On an active contract the form has no amount: it stays.
    amount: form.blockIdOf('amount') === undefined ? row.amount : form.amount('amount', row.currency),
    dueOn: form.date('dueOn', { today: ctx.today, prefer: 'future' }),
    plannedMethod: form.choice('plannedMethod'),
    remindDaysAhead: form.wholeNumber('remind', { min: 0, max: MAX_REMIND_DAYS }),
    remark: form.text('remark', { max: 3000 }),
    alreadyDue: form.choices('alreadyDue').includes('yes'),
  };
  form.check();
  try {
    await editInstalment(ctx, change);
  } catch (error) {
    if (!isDomainError(error, 'plan.past_date') || shown.d) throw error;
    // As in the new plan: a question must appear, and an error on a field redraws nothing.
    const state = {
      requestId: shown.r,
      row: { ...row, version: shown.v },
      onTop: shown.o,
      askAlreadyDue: true,
    };
    const view = editModal(state, readerOf(turn), ctx.company.settings.paymentMethods);
    const date = formatDate(ctx.actor.locale, error.params.date, ctx.today);
    const words = t('errors:plan.past_date', { date });
    return { update: withAlert(withTyped(view, turn.view.state.values), words) };
  }
  return afterChange(turn, t('plans:edit.done', { n: row.seq }));
}

async function submitPostpone(turn: SubmitTurn<PostponeMetadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx, t } = turn;
  const to = form.requiredDate('to', { today: ctx.today, prefer: 'future' });
  const remark = form.text('remark', { max: 3000 });
  form.check();
  const input = { id: shown.i, version: shown.v, to, remark };
  const date = formatDate(ctx.actor.locale, to, ctx.today);
  try {
    const row = await postponeInstalment(ctx, input);
    return afterChange(turn, t('plans:postpone.done', { n: row.seq, date }));
  } catch (error) {
    if (!isDomainError(error, 'instalment.needs_manager')) throw error;
    const row = await load(turn, shown.i);
    if (!shown.a) {
      // The day was not told before: the person sees who must approve, then sends it.
      // As it was shown: a change in between is told when it is sent.
      const asking = {
        requestId: shown.r,
        row: { ...row, version: shown.v },
        onTop: shown.o,
        asks: error.params.rule,
      };
      return { update: withTyped(postponeModal(asking, readerOf(turn)), turn.view.state.values) };
    }
    const { names } = await askPostponement(ctx, input);
    const facts = { n: row.seq, date, names: formatNames(ctx.actor.locale, names) };
    return afterChange(
      turn,
      t(names.length > 0 ? 'postponements:asked.done' : 'postponements:asked.orphan', facts),
    );
  }
}

/** The instalment as it is now, with what was done: behind the form if it was opened there, else in its place. */
async function afterChange(turn: SubmitTurn<Metadata>, words: string): Promise<Outcome> {
  const view = openView(turn, await load(turn, turn.metadata.i), words);
  return returnTo(turn, turn.metadata.o, view);
}

/** After something was saved on top of an instalment's window: that window is drawn anew with the result. */
export async function returnToInstalment<M>(
  turn: SubmitTurn<M>,
  instalmentId: string,
  words: string,
): Promise<Outcome> {
  return returnTo(turn, true, openView(turn, await load(turn, instalmentId), words));
}
