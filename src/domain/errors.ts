// The one error class of the domain: a closed map from code to parameters. A code is also the key of its words.
// Thrown inside a transaction it rolls everything back; handlers/errors.ts turns it into a sentence once.
import type { FileReason } from './file-reasons.js';
import type { LocalDate } from './local-date.js';
import type { Money } from './money.js';
import type { RateChange } from './settings/exchange-rates.js';
import type { HolidayProblem } from './settings/holidays.js';

/** Parameters of each error; the words are in spec/ux.md §5 and in the i18n files `errors`. */
export interface ErrorParams {
  'receipt.self_approval': { names: string[] };
  'receipt.exceeds_outstanding': { seq: number; max: Money; instalmentId: string };
  'receipt.split_exceeds': { split: Money; amount: Money; excess: Money };
  'receipt.split_changed': Record<never, never>;
  'receipt.duplicate_slip': { number: string };
  'receipt.duplicate_suspected': { number: string; amount: Money; receivedOn: LocalDate; recorder: string };
  'receipt.future_date': { today: LocalDate };
  'receipt.not_discardable': { number: string };
  /** A bill falls due no earlier than it was received. */
  'receipt.bill_due': { date: LocalDate };
  /** Of a bill that is not due yet, nobody can say that it was dishonoured. */
  'receipt.bill_not_due': { number: string; date: LocalDate };
  'receipt.not_withdrawable': { number: string };
  /** A file in the thread of its message that is not added. */
  'voucher.not_yours': { number: string; who: string };
  'voucher.decided': { number: string };
  'voucher.withdrawn': { number: string };
  'voucher.too_many': { number: string; max: number };
  'unclaimed.claimed': { who: string; number: string };
  'unclaimed.withdrawn': { number: string };
  'receipt.unapplied_exceeded': { number: string; max: Money };
  'prepayment.exceeds_outstanding': { seq: number; max: Money };
  'prepayment.none': Record<never, never>;
  'prepayment.no_rows': Record<never, never>;
  /** Currencies: what the customer has in credit, and what is open. */
  'prepayment.other_currency': { has: string; owed: string };
  'receipt.reason_required': Record<never, never>;
  /** Not booked, or nothing of it is left. */
  'receipt.not_reversible': { number: string };
  'receipt.reversal_exceeds': { max: Money };
  'receipt.reversal_open': { number: string };
  'receipt.not_reallocatable': { number: string };
  'reallocation.open': { number: string };
  'reallocation.exceeds_left': { split: Money; left: Money; excess: Money };
  /** The split is what it was. */
  'reallocation.nothing': { number: string };
  /** Only what is overdue becomes bad debt; only an open rest a small difference. */
  'adjustment.bad_state': { seq: number; state: string };
  'adjustment.exceeds': { seq: number; max: Money };
  'adjustment.not_small': { seq: number; max: Money };
  'adjustment.open': { seq: number };
  'adjustment.nothing': { seq: number };
  /** Not booked, or all of it belongs to instalments. */
  'receipt.not_refundable': { number: string };
  'receipt.refund_exceeds': { max: Money };
  'receipt.refund_open': { number: string };
  'approval.decided': {
    who: string;
    at: Date;
    decision: 'approved' | 'rejected' | 'withdrawn';
    subjectType: string;
    subjectId: string;
  };
  /** There is no step before this one. */
  'approval.first_step': Record<never, never>;
  /** Has approved this step or one before, or somebody in their place: one person decides at most one, and each once. */
  'approval.once_each': { names: string[] };
  /** What an admin wrote as steps of an approval. */
  'flow.role_not_allowed': { role: string };
  'flow.nobody': { role: string };
  'flow.too_few': { role: string; steps: number };
  'flow.no_step': Record<never, never>;
  'flow.no_condition': Record<never, never>;
  'flow.same_condition': Record<never, never>;
  /** Who decides in a person's place. */
  'delegate.self': Record<never, never>;
  'delegate.no_role': { name: string };
  'delegate.decides_nothing': { name: string };
  'delegate.named_self': { name: string };
  'delegate.cycle': { name: string };
  'delegate.until': { today: LocalDate; max: LocalDate };
  /** Of several that are approved at once, this one has a question without an answer. */
  'approval.asked': Record<never, never>;
  'approval.answered': { who: string; at: Date };
  /** What was asked for does not fit what is so now; `who` asked. */
  'approval.no_longer_fits': { who: string };
  /** Whoever approves `step` is the only one for the step `next`; `names` could decide `step` in their stead. */
  'approval.leaves_nobody': { step: number; next: number; names: string[] };
  'approval.nudged': { at: Date };
  'approval.step_decided': { who: string; at: Date };
  'plan.exceeds_contract': { excess: Money; max: Money };
  'plan.incomplete': { missing: Money };
  /** The whole plan is above the contract; which row is too much is the person's choice. */
  'plan.too_much': { excess: Money };
  'plan.empty': Record<never, never>;
  'plan.line_unreadable': { line: number };
  /** A word of a line is no amount, no day or too long: which, and why. */
  'plan.line_word': { line: number; value: string; cause: LineCause };
  'plan.too_many_lines': { max: number; excess: number };
  'plan.past_date': { date: LocalDate };
  'plan.date_too_far': { max: LocalDate };
  /** The balance comes from a row that was deleted from a plan in force, due on that day. */
  'plan.later_than_deleted': { seq: number; latest: LocalDate; manager: string };
  'plan.part_too_small': { count: number };
  'template.duplicate': { code: string; name: string };
  'template.share_unreadable': { value: string };
  'template.shares': { percent: string };
  'template.line_amount': { line: number };
  'template.remainder_last': { line: number };
  'template.currency_missing': Record<never, never>;
  'template.currency_differs': { currency: string };
  'template.none': Record<never, never>;
  'template.full': { max: number };
  'template.line_empty': { line: number; name: string };
  'milestone.future': { today: LocalDate };
  'milestone.past': { today: LocalDate };
  'milestone.happened': { date: LocalDate };
  'milestone.moves_changed': Record<never, never>;
  'instalment.not_postponable': { seq: number; state: string };
  'instalment.not_deletable': { seq: number; state: string };
  'instalment.date_not_later': { after: LocalDate };
  'instalment.needs_manager': { manager: string; rule: ManagerRule };
  'instalment.postponement_open': { who: string };
  'instalment.has_money': { amount: Money };
  'instalment.needs_amendment': { seq: number };
  'split.not_open': { seq: number; state: string };
  'split.money_waits': { seq: number; amount: Money };
  'split.missing': { difference: Money };
  'split.excess': { difference: Money };
  'split.below_paid': { min: Money };
  'split.date_missing': Record<never, never>;
  'contract.bad_state': { state: string; action: string };
  'contract.has_plan': { count: number };
  /** While a form about it was open. */
  'contract.deleted': { number: string; who: string; at: Date };
  'instalment.deleted': { seq: number; who: string; at: Date };
  'draft.changed': Record<never, never>;
  /** `shown`: the twin's id if the person may see it. */
  'customer.duplicate': { code: string; by: 'name' | 'taxNo'; owner: string; shown: string | null };
  /** Exchange rates so far from the present ones that somebody should look twice. */
  'rates.jump': { rates: readonly RateChange[] };
  'customer.not_active': { code: string; customerState: string };
  'customer.has_open': { code: string };
  'credit.proposal_open': { code: string };
  'customer.merge_same': Record<never, never>;
  'customer.merge_slip': { slip: string; keep: string; gone: string };
  'member.same': Record<never, never>;
  'member.cannot_own': { name: string };
  'amendment.nothing': Record<never, never>;
  'amendment.open': { no: number };
  /** The row is part of an amendment that waits. */
  'amendment.waits': { seq: number; no: number };
  'amendment.row_unreadable': { example: string };
  'amendment.below_paid': { seq: number; min: Money };
  'amendment.plan_above': { excess: Money };
  'amendment.rows_changed': { seqs: number[] };
  'amendment.contract_changed': Record<never, never>;
  'amendment.sum_changed': { difference: Money };
  'contract.ends_before_start': { start: LocalDate };
  'contract.signed_range': { from: LocalDate; to: LocalDate };
  'contract.framework_state': { number: string; state: string };
  'contract.framework_nested': { number: string };
  'contract.has_money': { amount: Money };
  'contract.void_open': { number: string };
  'contract.receipt_waits': { numbers: string[] };
  'case.not_recipient': { names: string[] };
  /** By whoever does it again. */
  'case.acknowledged': { at: Date; caseId: string };
  'case.decided': { who: string; at: Date; closed: boolean; caseId: string };
  'follow_up.not_open': { seq: number; state: string };
  'follow_up.not_paused': { seq: number };
  'follow_up.date_past': { earliest: LocalDate };
  'follow_up.date_too_far': { max: LocalDate };
  'follow_up.promise_exceeds': { max: Money };
  'amount.unreadable': { value: string };
  'amount.ambiguous': { value: string; a: string; b: string };
  'amount.out_of_range': { max: string; decimals: number };
  'date.unreadable': { value: string };
  'date.ambiguous': { value: string; a: LocalDate; b: LocalDate };
  'text.too_long': { excess: number; max: number };
  'text.required': Record<never, never>;
  'number.out_of_range': { min: number; max: number };
  'choice.unknown': { value: string };
  'choice.not_loaded': Record<never, never>;
  'email.unreadable': { value: string };
  'file.rejected': { file: string; reason: FileReason };
  'import.started': { file: string };
  'import.changed': Record<never, never>;
  'import.column_missing': Record<never, never>;
  'calendar.line': HolidayProblem;
  'calendar.empty': Record<never, never>;
  /** Another year comes first; `year` is the last that may be imported. */
  'calendar.year': { year: number };
  'calendar.no_workday': Record<never, never>;
  'batch.nothing': Record<never, never>;
  'times.pair': Record<never, never>;
  'times.same': Record<never, never>;
  'times.quiet_at': { time: string };
  'times.early': { time: string };
  'ladder.empty': Record<never, never>;
  'ladder.full': { max: number };
  'ladder.same_day': { days: number };
  'ladder.order': Record<never, never>;
  'ladder.level_order': Record<never, never>;
  'ladder.level_early': Record<never, never>;
  'ladder.nobody': Record<never, never>;
  'ladder.repeat_early': Record<never, never>;
  'ladder.nobody_asked': Record<never, never>;
  'ladder.exists': Record<never, never>;
  'settings.channel_unreachable': { channel: string };
  'settings.entry_taken': { name: string };
  'settings.last_entry': Record<never, never>;
  'settings.list_full': { max: number };
  'settings.base_currency': { currency: string };
  'settings.pattern_unreadable': { example: string };
  'settings.pattern_no_counter': Record<never, never>;
  'settings.pattern_collides': Record<never, never>;
  'settings.pattern_too_long': { max: number };
  'settings.last_admin': Record<never, never>;
  'settings.manager_self': Record<never, never>;
  'settings.not_a_member': { name: string };
  'settings.rate_unreadable': { value: string; currency: string };
  'settings.file_unreadable': Record<never, never>;
  'settings.file_version': { version: string; known: string };
  'settings.file_invalid': { place: string };
  'settings.file_changed': Record<never, never>;
  'settings.until_before': { time: string };
  'settings.timezone_unknown': { value: string };
  'settings.days_unreadable': { value: string };
  'settings.manager_cycle': { name: string };
  'department.duplicate': { name: string };
  'department.cycle': { name: string };
  'department.in_use': { name: string; people: number; children: number };
  /** `version`: the row's present one, to send the form again; `fields`: as the trail names them, by `subjectId`. */
  'version.conflict': {
    who: string;
    at: Date;
    version: number;
    fields: readonly string[];
    subjectId: string;
  };
  /** What was shown is not what the draft holds by now: another window changed, saved or dropped it. */
  'request.repeated': { reference: string | null; subjectType: string | null; subjectId: string | null };
  'role.missing': Record<never, never>;
  'access.denied': { action: string; needs: string[]; has: string[]; names: string[] };
  not_found: { ref: string };
  'slack.unavailable': Record<never, never>;
  'slack.trigger_expired': Record<never, never>;
  'database.unavailable': Record<never, never>;
  unexpected: { ref: string };
}

/** Which rule asks for the manager; `latest`: the last day that the owner may choose themselves, if any. */
export interface ManagerRule {
  readonly kind: 'days' | 'count' | 'retention' | 'due' | 'moves' | 'happened';
  readonly latest: LocalDate | null;
}

export type ErrorCode = keyof ErrorParams;

/** Why a word of a line was not understood: an error of its own, told inside another. */
export type LineCause = {
  [C in LineCauseCode]: { readonly code: C; readonly params: ErrorParams[C] };
}[LineCauseCode];
type LineCauseCode =
  | 'amount.unreadable'
  | 'amount.ambiguous'
  | 'amount.out_of_range'
  | 'date.unreadable'
  | 'date.ambiguous'
  | 'text.too_long';

/** A refusal that a person can understand and act on. `field` names the form field it belongs to, if any. */
export class DomainError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: C,
    readonly params: ErrorParams[C],
    readonly field?: string,
  ) {
    super(code);
  }
}

/** True for a DomainError, and where a code is given, for one of that code. */
export function isDomainError<C extends ErrorCode>(error: unknown, code?: C): error is DomainError<C> {
  return error instanceof DomainError && (code === undefined || error.code === code);
}
