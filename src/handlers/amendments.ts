// Asking for an amendment: the form, what would change shown before it is sent, and sending it (F26). Deciding about it
// is amendment-decisions.ts.
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { plainJson } from '../domain/audit.service.js';
import {
  type AmendedFields,
  composeAmendment,
  newlyDated,
  type PresentContract,
  type PresentRow,
  plannedAfter,
  type WantedPlan,
} from '../domain/contracts/amendment.js';
import { loadAmendable } from '../domain/contracts/amendment.queries.js';
import { checkedSides, proposeAmendment } from '../domain/contracts/amendment.service.js';
import { type ContractDetails, loadContract } from '../domain/contracts/contract.queries.js';
import { dropDraft, loadDraft, startDraft } from '../domain/drafts/draft.service.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { type PlanLine, parsePlanLine, parsePlanLines } from '../domain/plans/plan-lines.js';
import { refuseRepeated } from '../domain/requests.service.js';
import { CARD_FORM, cardForm, contractIdOf, drawCard, requireEvent } from './contract-card.js';
import type { Deps } from './deps.js';
import { sentence } from './errors.js';
import { Form } from './forms.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { markOf } from './mark.js';
import { typedValues } from './plan-draft.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { amendmentForm, REASON_MAX, rowText } from './views/amendment-form-views.js';
import { diffLines } from './views/amendment-lines.js';
import { amendmentPreview, sumWords } from './views/amendment-preview-views.js';
import { withTyped } from './views/form-views.js';

const metadata = formMetadata(CARD_FORM);
type Metadata = z.infer<typeof metadata>;
type Values = ViewOutput['state']['values'];

/** `p`: mark of what is shown as changing; `d`, `w`: the draft that has what was typed, and its version. */
const previewMetadata = formMetadata({ ...CARD_FORM, p: z.string(), d: z.uuid(), w: z.number().int() });
type PreviewMetadata = z.infer<typeof previewMetadata>;
const draftValues = z.object({ contractId: z.uuid(), typed: typedValues });

/** Plugs in the form. */
export function registerAmendments(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.contractAmend, (turn) => openAmendment(turn, contractIdOf(turn.value)));
  doors.action(ACTION.contractAmendTotal, recount);
  doors.action(ACTION.contractAmendBack, goBack);
  doors.submit(VIEW.contractAmend, metadata, previewAmendment);
  doors.submit(VIEW.contractAmendPreview, previewMetadata, sendAmendment);
}

/**
 * Opens the form with the contract and its unpaid rows as they are.
 * @throws DomainError not_found, access.denied, contract.bad_state, amendment.open
 */
export async function openAmendment(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.amend', contract.owner.id);
  requireEvent(contract, 'amend');
  const open = contract.changes.find((change) => change.status === 'open');
  if (open) throw new DomainError('amendment.open', { no: open.no });
  const state = cardForm(turn, contract);
  await showView(turn, draw(turn, contract, await loadAmendable(ctx, contract.id), state));
}

type Sides = NonNullable<ReturnType<typeof composeAmendment>>;
type Reading = Pick<Turn, 'ctx' | 't'>;

function draw(
  turn: Reading,
  contract: ContractDetails,
  present: PresentContract,
  state: Metadata,
  counted: string | null = null,
): ModalView {
  const { paymentMethods } = turn.ctx.company.settings;
  const data = { contract, present, paymentMethods, counted, metadata: JSON.stringify(state) };
  return amendmentForm(data, readerOf(turn));
}

/** Names what was shown: sent again, the same facts must lead to the same lines. */
function markOfSides(turn: Pick<Turn, 'ctx' | 't'>, contract: ContractDetails, sides: Sides): string {
  const { paymentMethods } = turn.ctx.company.settings;
  return markOf(diffLines({ ...sides, currency: contract.currency, paymentMethods }, readerOf(turn)));
}

/** [重算]: the sum of what is typed, or what cannot be read of it, beside the button. */
async function recount(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const state = parseValue(metadata, view.private_metadata);
  const contract = await loadContract(turn.ctx, state.c);
  const present = await loadAmendable(turn.ctx, state.c);
  const counted = countedWords(turn, view.state.values, contract, present);
  await turn.redraw(withTyped(draw(turn, contract, present, state, counted), view.state.values));
}

function countedWords(turn: Reading, values: Values, contract: ContractDetails, present: PresentContract) {
  const form = new Form(values);
  const asked = readForm(form, turn, contract, present);
  try {
    form.firstProblem();
  } catch (problem) {
    if (!isDomainError(problem)) throw problem;
    return turn.t('amendments:check.line', { words: sentence(problem, readerOf(turn)) });
  }
  const sides = composeAmendment(present, asked.fields, asked.plan);
  const untouched = { fields: present.fields, rows: [] };
  const { before, after } = sides ?? { before: untouched, after: untouched };
  const planned = plannedAfter(present, before, after);
  return sumWords({ amount: after.fields.amount, planned, currency: contract.currency }, readerOf(turn));
}

/** What is typed is kept, and instead of it stands what it would change: nobody looks for that in a long form. */
async function previewAmendment(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, form, metadata: state } = turn;
  const contract = await loadContract(ctx, state.c);
  const present = await loadAmendable(ctx, state.c);
  form.requiredText('reason', { max: REASON_MAX });
  const asked = readForm(form, turn, contract, present);
  form.check();
  const sides = checkedSides(ctx, present, contract, { ...asked, keepRest: true, alreadyDue: true });
  const values = { contractId: contract.id, typed: plainJson(turn.view.state.values) };
  const draft = await startDraft(ctx, `amendment:${state.r}`, values);
  return { update: drawPreview(turn, contract, present, { ...state, d: draft.id, w: draft.version }, sides) };
}

function drawPreview(
  turn: Reading,
  contract: ContractDetails,
  present: PresentContract,
  state: Omit<PreviewMetadata, 'p'>,
  sides: Sides,
): ModalView {
  const { paymentMethods } = turn.ctx.company.settings;
  const data = {
    contract,
    ...sides,
    planned: plannedAfter(present, sides.before, sides.after),
    hasPast: newlyDated(sides).some(({ dueOn }) => dueOn < turn.ctx.today),
    paymentMethods,
    metadata: JSON.stringify({ ...state, p: markOfSides(turn, contract, sides) }),
  };
  return amendmentPreview(data, readerOf(turn));
}

/** What was typed. @throws DomainError draft.changed */
async function typedIn(
  { ctx }: Reading,
  { d, w, c }: Pick<PreviewMetadata, 'd' | 'w' | 'c'>,
): Promise<Values> {
  const draft = await loadDraft(ctx, { id: d, version: w });
  const kept = draftValues.safeParse(draft.values);
  if (!kept.success || kept.data.contractId !== c) throw new DomainError('draft.changed', {});
  return kept.data.typed;
}

/** [返回]: the form with everything typed. */
async function goBack(turn: ActionTurn): Promise<void> {
  const state = parseValue(previewMetadata, turn.body.view?.private_metadata ?? '');
  const { d: _draft, w: _version, p: _mark, ...shown } = state;
  const contract = await loadContract(turn.ctx, state.c);
  const form = draw(turn, contract, await loadAmendable(turn.ctx, state.c), shown);
  await turn.redraw(withTyped(form, await typedIn(turn, state)));
}

async function sendAmendment(turn: SubmitTurn<PreviewMetadata>): Promise<Outcome> {
  const { ctx, t, metadata: state } = turn;
  await refuseRepeated(ctx);
  const contract = await loadContract(ctx, state.c);
  const present = await loadAmendable(ctx, state.c);
  const typed = new Form(await typedIn(turn, state));
  const reason = typed.requiredText('reason', { max: REASON_MAX });
  const asked = readForm(typed, turn, contract, present);
  typed.check();
  const sides = composeAmendment(present, asked.fields, asked.plan);
  if (!sides) throw new DomainError('amendment.nothing', {});
  if (markOfSides(turn, contract, sides) !== state.p) {
    return { update: drawPreview(turn, contract, present, state, sides) };
  }
  const options = turn.form.choices('options');
  const { change, approverNames } = await proposeAmendment(ctx, {
    contractId: contract.id,
    version: state.v,
    reason,
    ...asked,
    keepRest: options.includes('keep_rest'),
    alreadyDue: options.includes('already_due'),
  });
  await dropDraft(ctx.db, ctx, state.d);
  const facts = {
    number: contract.number,
    no: change.no,
    names: formatNames(ctx.actor.locale, approverNames),
  };
  const result = t(approverNames.length === 0 ? 'amendments:sent.orphan' : 'amendments:sent.done', facts);
  return returnTo(turn, state.o, await drawCard(turn, contract.id, { result, list: state.l }));
}

/** What is asked for; every line that cannot be read is noted on its field. */
function readForm(
  form: Form,
  turn: Pick<Turn, 'ctx' | 't'>,
  contract: ContractDetails,
  present: PresentContract,
): { fields: AmendedFields; plan: WantedPlan } {
  const { today } = turn.ctx;
  const fields = {
    name: form.requiredText('name', { max: 120 }),
    amount: form.amount('amount', contract.currency),
    paymentMethod: form.choice('paymentMethod'),
    startsOn: form.date('startsOn', { today, prefer: 'past' }),
    endsOn: form.date('endsOn', { today, prefer: 'future' }),
  };
  const shown = new Set(form.names('row:'));
  const rows = present.rows.filter((row) => row.isOpen && shown.has(`row:${row.id}`));
  return {
    fields,
    plan: {
      rows: new Map(rows.map((row) => [row.id, readRow(form, turn, contract, row)])),
      added: readAdded(form, turn, contract),
    },
  };
}

type Line = { name: string; amount: bigint; dueOn: PresentRow['dueOn'] };

/** A line left as it was is not read: its name may be one that no line could be read back from. */
function readRow(
  form: Form,
  turn: Pick<Turn, 'ctx' | 't'>,
  contract: ContractDetails,
  row: PresentRow,
): Line | null {
  const field = `row:${row.id}`;
  const text = form.text(field, { max: 200 });
  if (text === null) return null;
  const same = { name: row.name, amount: row.amount, dueOn: row.dueOn };
  if (text === rowText(row, contract.currency, turn).trim()) return same;
  const read = parsePlanLine(text, contract.currency, turn.ctx.today);
  if (read.ok) {
    const { row: line } = read;
    // What hangs on a milestone or is retention is said of new rows only.
    if (line.anchorKind === undefined && line.isRetention !== true)
      return line.name === row.name.normalize('NFKC') ? { ...line, name: row.name } : line;
  }
  if (!read.ok && read.cause !== null) form.refuse(field, read.cause.code, read.cause.params);
  else form.refuse(field, 'amendment.row_unreadable', { example: turn.t('amendments:row.example') });
  return same;
}

function readAdded(form: Form, { ctx }: Pick<Turn, 'ctx'>, contract: ContractDetails): PlanLine[] {
  const text = form.text('added', { max: 3000 });
  if (text === null) return [];
  const parsed = parsePlanLines(text, contract.currency, ctx.today);
  if (parsed.ok) return parsed.rows;
  form.refuse('added', parsed.problem.code, parsed.problem.params);
  return [];
}
