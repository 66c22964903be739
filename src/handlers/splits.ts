// Splitting an instalment as a conversation: parts typed, counted, saved (rules §3).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findInstalmentDetail, type InstalmentDetail } from '../domain/plans/instalment-detail.queries.js';
import { MAX_SPLIT_PARTS, type SplitPart } from '../domain/plans/split.js';
import { splitInstalment } from '../domain/plans/split.service.js';
import type { Deps } from './deps.js';
import { sentence } from './errors.js';
import { Form } from './forms.js';
import { formatDate, formatMoney, formatNames, truncate } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import { drawInstalment, isOnTop } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withAlert, withTyped } from './views/form-views.js';
import { equalParts, splitModal } from './views/split-views.js';

const NAME_MAX = 60;
const rowValue = z.object({ i: z.uuid() });
/** `o`: on top of the instalment's window; `n`: how many parts are asked, `e`: of how many equal ones they began as;
 * `d`: past dates are asked about. */
const metadata = formMetadata({
  i: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  n: z.number().int().min(2).max(MAX_SPLIT_PARTS),
  e: z.number().int().min(2).max(MAX_SPLIT_PARTS),
  d: z.boolean(),
});
type Metadata = z.infer<typeof metadata>;

/** Plugs in the splitting of instalments. */
export function registerSplits(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.instalmentSplit, openSplit);
  doors.action(ACTION.partTotal, (turn) => recount(turn, 0));
  doors.action(ACTION.partAmount, (turn) => recount(turn, 0));
  doors.action(ACTION.partAdd, (turn) => recount(turn, 1));
  doors.submit(VIEW.instalmentSplit, metadata, submitSplit);
}

async function load({ ctx }: Pick<Turn, 'ctx'>, id: string): Promise<InstalmentDetail> {
  const row = await findInstalmentDetail(ctx, id);
  if (!row) throw new DomainError('not_found', { ref: '' });
  return row;
}

async function openSplit(turn: ActionTurn): Promise<void> {
  const row = await load(turn, parseValue(rowValue, turn.value).i);
  authorize(turn.ctx.actor, 'instalment.edit', row.ownerId);
  if (row.proposed > 0n) {
    const amount = { minor: row.proposed, currency: row.currency };
    throw new DomainError('split.money_waits', { seq: row.seq, amount });
  }
  const state = { requestId: newId(turn.ctx.now), row, onTop: isOnTop(turn), count: 2, equal: 2 };
  await turn.show(splitModal({ ...state, amounts: null, askAlreadyDue: false }, readerOf(turn)));
}

/** The parts as typed; blank ones at the end are none. Problems are noted on their fields. */
function readParts(
  form: Form,
  count: number,
  row: Pick<InstalmentDetail, 'currency'>,
  { ctx }: Pick<Turn, 'ctx'>,
): SplitPart[] {
  const all = Array.from({ length: count }, (_none, part) => part);
  const last = all.findLast((part) => part < 2 || form.text(`amount${part}`, { max: 40 }) !== null) ?? 1;
  return all.slice(0, last + 1).map((part) => ({
    amount: form.amount(`amount${part}`, row.currency),
    dueOn: form.date(`dueOn${part}`, { today: ctx.today, prefer: 'future' }),
  }));
}

/** [重算], [加一段]: what is typed is counted and shown; what cannot be read stands on top. */
async function recount(turn: ActionTurn, more: number): Promise<void> {
  const { view } = turn.body;
  const shown = parseValue(metadata, view?.private_metadata ?? '');
  const values = view?.state.values ?? {};
  const form = new Form(values);
  const row = await load(turn, shown.i);
  const amounts = readParts(form, shown.n, row, turn).map((part) => part.amount);
  form.firstProblem();
  const count = Math.min(MAX_SPLIT_PARTS, shown.n + more);
  // Equal parts that nobody has changed stay equal when there is one more.
  const parts = equalParts(row, shown.n);
  const unchanged = amounts.length === parts.length && amounts.every((one, part) => one === parts[part]);
  const equal = more > 0 && unchanged ? count : shown.e;
  const state = {
    requestId: shown.r,
    row: { ...row, version: shown.v },
    onTop: shown.o,
    count,
    equal,
    amounts: equal === shown.e ? amounts : equalParts(row, equal),
    askAlreadyDue: shown.d,
  };
  await turn.redraw(withTyped(splitModal(state, readerOf(turn)), values));
}

async function submitSplit(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown, view } = turn;
  const row = await load(turn, shown.i);
  const parts = readParts(form, shown.n, row, turn);
  form.check();
  const alreadyDue = form.choices('alreadyDue').includes('yes');
  // A row that is called by its number gives its parts their own.
  const isNumbered = [`第${row.seq}期`, `#${row.seq}`].includes(row.name);
  const nameOf = (base: string, n: number, seq: number) =>
    isNumbered ? t('plans:row.nth', { n: seq }) : t('splits:name', { name: truncate(base, NAME_MAX - 6), n });
  try {
    const rows = await splitInstalment(ctx, { id: shown.i, version: shown.v, parts, nameOf, alreadyDue });
    const names = rows.map((part) => {
      const amount = formatMoney(ctx.actor.locale, { minor: part.amount, currency: part.currency });
      return `${t('contracts:plan.nth', { n: part.seq })} ${amount}`;
    });
    const words = t('splits:done', { count: rows.length, rows: formatNames(ctx.actor.locale, names) });
    return returnTo(turn, shown.o, await drawInstalment(turn, shown.i, words));
  } catch (error) {
    const state = {
      requestId: shown.r,
      row: { ...row, version: shown.v },
      onTop: shown.o,
      count: shown.n,
      equal: shown.e,
      amounts: parts.map((part) => part.amount),
    };
    const redrawn = (askAlreadyDue: boolean, alert: string): Outcome => {
      const drawn = splitModal({ ...state, askAlreadyDue }, readerOf(turn));
      return { update: withAlert(withTyped(drawn, view.state.values), alert) };
    };
    // The total below what is refused is of the same parts, not of those that were counted last.
    if (isDomainError(error, 'split.missing') || isDomainError(error, 'split.excess'))
      return redrawn(shown.d, sentence(error, readerOf(turn)));
    if (!isDomainError(error, 'plan.past_date') || shown.d) throw error;
    // As in the new plan: a question must appear, and an error on a field redraws nothing.
    const date = formatDate(ctx.actor.locale, error.params.date, ctx.today);
    return redrawn(true, t('errors:plan.past_date', { date }));
  }
}
