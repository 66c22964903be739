// What can be approved, as a table: one row a kind of subject. What its decision locks, checks and does is its entry in
// hold.service.ts; how its card is drawn, its notice kind. Pure.
import type { Action } from '../access.js';
import type { FileOwner } from '../attachments.js';
import type { NoticeKind, NoticePayload } from '../notices/notice.js';
import type { FlowSubject } from './flow.js';

/** The notice that shows a subject in approval. */
export type CardNotice = {
  [K in NoticeKind]: { readonly kind: K; readonly payload: NoticePayload<K> };
}[NoticeKind];

interface SubjectRow {
  readonly flow: FlowSubject;
  /** Who may decide at all where a step asks the owner's manager; what a refusal names. */
  readonly action: Action;
  /** finance: one card in finance's channel; approvers: one in each approver's DM. */
  readonly place: 'finance' | 'approvers';
  readonly card: (subjectId: string, approvalId: string) => CardNotice;
  /** Files that go into the thread of each card. */
  readonly files?: (subjectId: string) => FilesInThread;
}

/** Files, and the notice that posts them: a record's, as many as there are; or what goes into one message when it is sent. */
export interface FilesInThread {
  readonly owner: FileOwner | null;
  readonly notice: (part: number) => CardNotice;
}

export const SUBJECTS = {
  receipt: {
    flow: 'receipt',
    action: 'receipt.approve',
    place: 'finance',
    card: (receiptId, approvalId) => ({ kind: 'receipt.card', payload: { receiptId, approvalId } }),
    files: (receiptId) => ({
      owner: null,
      notice: () => ({ kind: 'receipt.vouchers', payload: { receiptId } }),
    }),
  },
  contract: {
    flow: 'contract',
    action: 'contract.approve',
    place: 'approvers',
    card: (contractId, approvalId) => ({ kind: 'contract.card', payload: { contractId, approvalId } }),
    files: (contractId) => ({
      owner: { type: 'contract', id: contractId },
      notice: (part) => ({ kind: 'contract.files', payload: { contractId, part } }),
    }),
  },
  contract_change: {
    flow: 'contract',
    action: 'contract.approve',
    place: 'approvers',
    card: (changeId, approvalId) => ({ kind: 'contract.change_card', payload: { changeId, approvalId } }),
  },
  postponement: {
    flow: 'postponement',
    action: 'instalment.postpone_further',
    place: 'approvers',
    card: (postponementId, approvalId) => ({
      kind: 'postponement.card',
      payload: { postponementId, approvalId },
    }),
  },
  reversal: {
    flow: 'reversal',
    action: 'receipt.reverse_approve',
    place: 'finance',
    card: (reversalId, approvalId) => ({ kind: 'reversal.card', payload: { reversalId, approvalId } }),
  },
  refund: {
    flow: 'refund',
    action: 'receipt.refund_approve',
    place: 'finance',
    card: (refundId, approvalId) => ({ kind: 'refund.card', payload: { refundId, approvalId } }),
  },
  contract_void: {
    flow: 'contract_void',
    action: 'contract.void_approve',
    place: 'finance',
    card: (voidId, approvalId) => ({ kind: 'contract.void_card', payload: { voidId, approvalId } }),
  },
  reallocation: {
    flow: 'reallocation',
    action: 'receipt.reallocate_approve',
    place: 'finance',
    card: (reallocationId, approvalId) => ({
      kind: 'reallocation.card',
      payload: { reallocationId, approvalId },
    }),
  },
  credit_limit: {
    flow: 'credit_limit',
    action: 'credit.edit',
    place: 'finance',
    card: (eventId, approvalId) => ({ kind: 'credit.card', payload: { eventId, approvalId } }),
  },
  write_off: {
    flow: 'write_off',
    action: 'instalment.write_off_approve',
    place: 'finance',
    card: (adjustmentId, approvalId) => ({ kind: 'adjustment.card', payload: { adjustmentId, approvalId } }),
  },
  /** Money from before, out of a file: all of it at once. */
  opening: {
    flow: 'opening',
    action: 'receipt.approve',
    place: 'finance',
    card: (jobId, approvalId) => ({ kind: 'opening.card', payload: { jobId, approvalId } }),
    files: (jobId) => ({ owner: null, notice: () => ({ kind: 'opening.rows', payload: { jobId } }) }),
  },
  small_difference: {
    flow: 'small_difference',
    action: 'instalment.write_off_approve',
    place: 'finance',
    card: (adjustmentId, approvalId) => ({ kind: 'adjustment.card', payload: { adjustmentId, approvalId } }),
  },
} as const satisfies Record<string, SubjectRow>;

export type SubjectType = keyof typeof SUBJECTS;

export const subjectRow = (type: SubjectType): SubjectRow => SUBJECTS[type];

export const isSubjectType = (text: string): text is SubjectType => Object.hasOwn(SUBJECTS, text);

/** Key of the posted card; in DMs each person's copy adds `@` and the person. */
export const cardKey = (type: SubjectType, approvalId: string): string =>
  `${subjectRow(type).card('', approvalId).kind}:${approvalId}`;
