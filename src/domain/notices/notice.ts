// The messages that must arrive, as data: a closed union of kinds and what each needs to be rendered later.
// Pure. Words and blocks are made when a notice is sent, from fresh facts (jobs/render-notice.ts).
import { z } from 'zod';
import { MILESTONE_KINDS } from '../contracts/contract.js';
import { BOOK_CHECKS } from '../reports/books.js';
import { reportQuery } from '../reports/report.js';
import { rateChange } from '../settings/exchange-rates.js';

const id = z.string();
const date = z.string();
const move = z.object({ seq: z.number().int(), from: date.nullable(), to: date.nullable() });

/** What happens to an escalation case, told in its thread (ux §4.7). */
export const CASE_EVENTS = [
  'opened',
  'acknowledged',
  'raised',
  'still',
  'again',
  'broken',
  'disputed',
  'followed',
  'promise',
  'dispute',
  'resumed',
  'submitted',
  'rejected',
  'withdrawn',
  'money',
  'paid',
  'written_off',
  'adjusted',
  'adjusted_back',
  'reversed',
  'moved',
  'reopened',
  'postponed',
  'reassigned',
  /** To another team, whose people are asked from now on. */
  'reassigned_beyond',
  'closed',
] as const;

export type CaseEvent = (typeof CASE_EVENTS)[number];

/** Payload of each kind; parsed again when the outbox row is sent. */
export const NOTICE_PAYLOADS = {
  /** `byId`: the admin who has ignored it. */
  'member.asked': z.object({ userId: id, byId: id.optional() }),
  /** A change of who decides in a person's place, to each whom it concerns. */
  'member.delegate': z.object({ userId: id, byId: id, readerId: id }),
  'member.welcome': z.object({ userId: id, byId: id.nullable() }),
  'customer.merged': z.object({ keepId: id, goneId: id, byId: id }),
  'book.handed_over': z.object({
    userId: id,
    fromId: id,
    toId: id,
    byId: id,
    customers: z.number().int(),
    contracts: z.number().int(),
    instalments: z.number().int(),
  }),
  'approval.orphan': z.object({ approvalId: id }),
  /** A question about it: in the thread of its card, and to whoever asked for the approval, who can answer. */
  'approval.question': z.object({ questionId: id }),
  'approval.question_dm': z.object({ questionId: id }),
  'approval.answer': z.object({ questionId: id }),
  /** To who may decide; `byId`: whoever asked pressed the button. */
  'approval.nudge': z.object({ userId: id, approvalIds: z.array(id), byId: id.nullable() }),
  /** Decisions flagged solo from a Monday to the next, to the directors. */
  'approval.solo_week': z.object({ from: date, to: date }),
  /** To who stands above them. */
  'approval.overdue': z.object({ userId: id, approvalIds: z.array(id) }),
  /** Files of a record to who asked for them: so many a message, `part` from 0. */
  'files.sent': z.object({
    ownerType: z.enum(['contract', 'customer']),
    ownerId: id,
    part: z.number().int().min(0),
  }),
  'contract.card': z.object({ contractId: id, approvalId: id }),
  /** The contract's files, in the thread of an approver's card. */
  'contract.files': z.object({ contractId: id, part: z.number().int().min(0) }),
  'contract.decided': z.object({ contractId: id, approvalId: id }),
  'contract.change_card': z.object({ changeId: id, approvalId: id }),
  'contract.change_decided': z.object({ changeId: id, approvalId: id }),
  /** What became of a contract by itself or by somebody else: told to its owner. */
  'contract.changed': z.object({
    contractId: id,
    event: z.enum(['completed', 'reopened', 'voided', 'assigned', 'corrected']),
    byId: id,
  }),
  /** To the owner of a contract that somebody else deleted. */
  'contract.deleted': z.object({ contractId: id, byId: id }),
  'contract.void_card': z.object({ voidId: id, approvalId: id }),
  'contract.void_decided': z.object({ voidId: id, approvalId: id }),
  'credit.card': z.object({ eventId: id, approvalId: id }),
  'credit.decided': z.object({ eventId: id, approvalId: id }),
  'receipt.card': z.object({ receiptId: id, approvalId: id }),
  /** All that it came with, or the one that somebody added. */
  'receipt.vouchers': z.object({
    receiptId: id,
    attachmentId: id.optional(),
    byId: id.optional(),
  }),
  'receipt.line': z.object({
    receiptId: id,
    approvalId: id,
    event: z.enum(['decided', 'redrawn', 'withdrawn', 'advanced', 'returned']),
  }),
  'unclaimed.card': z.object({ unclaimedId: id }),
  'unclaimed.vouchers': z.object({
    unclaimedId: id,
    attachmentId: id.optional(),
    byId: id.optional(),
  }),
  /** To whoever recorded it, when somebody else takes it back. */
  'unclaimed.withdrawn': z.object({ unclaimedId: id }),
  'receipt.applied': z.object({
    receiptId: id,
    instalmentId: id,
    byId: id,
    amount: id,
  }),
  /**
   * What a run of that time (an instant) applied by itself for a customer, to finance, or to the owner of the rows: the
   * lines are read when it is sent, and it is rewritten once the run is over.
   */
  'receipt.auto_applied': z.object({
    customerId: id,
    currency: z.string(),
    byId: id,
    at: z.iso.datetime(),
    ownerId: id.nullable(),
  }),
  'receipt.decided': z.object({ receiptId: id, approvalId: id }),
  'reversal.card': z.object({ reversalId: id, approvalId: id }),
  /** In the thread of the receipt's own card. */
  'reversal.line': z.object({ reversalId: id }),
  'reversal.decided': z.object({ reversalId: id, approvalId: id }),
  /** To whoever recorded the receipt, and to whose rows it had paid. */
  'receipt.reversed': z.object({ reversalId: id }),
  'reallocation.card': z.object({ reallocationId: id, approvalId: id }),
  /** In the thread of the receipt's own card. */
  'reallocation.line': z.object({ reallocationId: id }),
  'reallocation.decided': z.object({ reallocationId: id, approvalId: id }),
  /** To whoever recorded the receipt, and whose rows it touches. */
  'receipt.reallocated': z.object({ reallocationId: id }),
  /** A write-off or its undoing. */
  'adjustment.card': z.object({ adjustmentId: id, approvalId: id }),
  'adjustment.decided': z.object({ adjustmentId: id, approvalId: id }),
  /** To whose instalment it is. */
  'adjustment.posted': z.object({ adjustmentId: id }),
  'refund.card': z.object({ refundId: id, approvalId: id }),
  /** In the thread of the receipt's own card. */
  'refund.line': z.object({ refundId: id }),
  'refund.decided': z.object({ refundId: id, approvalId: id }),
  /** To whoever recorded the receipt, and whose customer it is. */
  'receipt.refunded': z.object({ refundId: id }),
  'instalment.changed': z.object({
    instalmentId: id,
    byId: id,
    event: z.enum(['postponed', 'edited', 'deleted', 'reassigned']),
    from: date.nullable(),
    to: date.nullable(),
  }),
  'milestone.set': z.object({
    contractId: id,
    kind: z.enum(MILESTONE_KINDS),
    byId: id,
    happened: z.boolean(),
    date: date.nullable(),
    moved: z.array(move),
    kept: z.array(move),
  }),
  'postponement.card': z.object({ postponementId: id, approvalId: id }),
  'postponement.decided': z.object({ postponementId: id, approvalId: id }),
  digest: z.object({ userId: id, date }),
  /** The same, to who stands in for the person. */
  'digest.copy': z.object({ userId: id, date, delegateId: id }),
  /** All rows of a digest, or of its copy, that shows only the first of them, as a file. */
  'digest.rows': z.object({ userId: id, date, delegateId: id.nullable().default(null) }),
  'case.card': z.object({ caseId: id }),
  'case.line': z.object({
    caseId: id,
    event: z.enum(CASE_EVENTS),
    byId: id.nullable(),
    level: z.number().int().nullable(),
    receiptId: id.nullable(),
    followUpId: id.nullable().default(null),
    /** On a morning of many: the summary calls, the thread only tells. */
    quiet: z.boolean().default(false),
  }),
  'case.summary': z.object({ date }),
  /** What falls due today and has no finance owner, for the finance channel. */
  'finance.due': z.object({ date }),
  /** To an admin: what reached the admins because nobody holds the role it was for. */
  'reminders.unheld': z.object({ date }),
  /** To an admin: reminders cannot be planned, or not all of them. */
  'reminders.failing': z.object({ date }),
  /** A file of money from before that waits for a second person. */
  'opening.card': z.object({ jobId: id, approvalId: id }),
  /** In its thread, as files: all that would be booked, and what was not. */
  'opening.rows': z.object({ jobId: id }),
  'opening.errors': z.object({ jobId: id }),
  'opening.decided': z.object({ jobId: id, approvalId: id }),
  /** A person's own message with a file: never rendered, only a place for answers. */
  'import.file': z.object({ jobId: id }),
  'import.job': z.object({ jobId: id }),
  'import.errors': z.object({ jobId: id }),
  /** What became of an export: the file, or why there is none. */
  'export.job': z.object({ jobId: id }),
  /** To an admin: a year of holidays that should be there. */
  'calendar.missing': z.object({ year: z.number().int() }),
  /** To an admin: what became of a backup; `asked`: their own, which they wait for. */
  'backup.ended': z.object({ backupId: id, asked: z.boolean().default(false) }),
  /** To admins and finance: what reports are read from does not add up. */
  'books.differ': z.object({
    date,
    differences: z.array(
      z.object({ check: z.enum(BOOK_CHECKS), currency: z.string(), count: z.number().int(), amount: id }),
    ),
  }),
  /** Last week and what is ahead, for the managers' channel. */
  'report.monday': z.object({ date }),
  /** A report that somebody posted to a channel; without numbers where not everybody there may see them. */
  'report.posted': z.object({ userId: id, query: reportQuery, numbers: z.boolean() }),
  /** Exchange rates that somebody else changed. */
  'rates.changed': z.object({ byId: id, changes: z.array(rateChange) }),
  'delivery.gave_up': z.object({ outboxId: id }),
  'channel.unreachable': z.object({ channel: z.enum(['finance', 'escalation']) }),
} as const;

export type NoticeKind = keyof typeof NOTICE_PAYLOADS;

export type NoticePayload<K extends NoticeKind> = z.infer<(typeof NOTICE_PAYLOADS)[K]>;

/** Where a notice goes. A channel that is not set falls back to a DM to each of `otherwise`. */
export type Recipient =
  | { user: string }
  | { channel: 'finance' | 'escalation'; otherwise: readonly string[] };

/**
 * Lower is sent first: what is shown already and no longer true, what answers a person, the morning's digests, the rest.
 */
export const PRIORITY = { rewrite: 0, interactive: 1, digest: 5, batch: 9 } as const;

export interface Notice<K extends NoticeKind = NoticeKind> {
  readonly kind: K;
  /** Unique for ever: the same key is never sent twice. */
  readonly key: string;
  readonly to: Recipient;
  readonly payload: NoticePayload<K>;
  /** Key of the message in whose thread it goes. */
  readonly threadOf?: string;
  readonly priority?: number;
}

/** Checks that kind and payload belong together; the way to make a notice. */
export function notice<K extends NoticeKind>(value: Notice<K>): Notice<K> {
  return value;
}

export const recipientText = (to: { user: string } | { channel: string }): string =>
  'user' in to ? `user:${to.user}` : to.channel;
