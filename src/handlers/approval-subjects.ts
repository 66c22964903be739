// What the conversation of approvals needs to know of each kind of subject: its name, its card, its window, the reasons
// of a rejection. One entry a kind, as SUBJECTS (domain/approvals/subjects.ts).
import type { ModalView } from '@slack/types';
import { findAdjustment } from '../domain/adjustments/adjustment.queries.js';
import type { About } from '../domain/approvals/ask.service.js';
import type { SubjectType } from '../domain/approvals/subjects.js';
import { findChange } from '../domain/contracts/amendment.queries.js';
import { CONTRACT_REJECT_REASONS } from '../domain/contracts/contract.js';
import { findContractDetails, loadApprovalCard } from '../domain/contracts/contract.queries.js';
import { findVoid } from '../domain/contracts/contract-void.queries.js';
import { checkTerms } from '../domain/contracts/terms.js';
import { isAboveLimit } from '../domain/customers/credit.js';
import { DomainError } from '../domain/errors.js';
import type { LocalDate } from '../domain/local-date.js';
import { findPostponement } from '../domain/plans/postponement.queries.js';
import { findReallocation } from '../domain/receipts/reallocation.queries.js';
import { REJECT_REASONS } from '../domain/receipts/receipt.js';
import { findReceiptId } from '../domain/receipts/receipt.queries.js';
import { loadAskedReceipt } from '../domain/receipts/receipt-facts.queries.js';
import { findReversal } from '../domain/receipts/reversal.queries.js';
import { drawCard } from './contract-card.js';
import { formatDate } from './i18n/format.js';
import { drawInstalment } from './instalments.js';
import { loadLimit } from './limit-subject.js';
import { loadOpening } from './opening-subject.js';
import { openView } from './receipts.js';
import { readerOf } from './show-view.js';
import type { ReadTurn, ShownSubject } from './shown-subject.js';
import { adjustmentCard, adjustmentHeading } from './views/adjustment-views.js';
import { changeCardMessage, listedChanges as listedAmendment } from './views/amendment-views.js';
import type { Reason } from './views/approval-form-views.js';
import { section } from './views/blocks.js';
import { contractCardMessage, contractHeading } from './views/contract-approval-views.js';
import { voidCard, voidHeading } from './views/contract-void-views.js';
import { postponementCard, postponementHeading } from './views/postponement-views.js';
import { listedChanges, reallocationCard, reallocationHeading } from './views/reallocation-views.js';
import { receiptCard } from './views/receipt-card-views.js';
import { receiptHeading } from './views/receipt-views.js';
import { reversalCard, reversalHeading } from './views/reversal-views.js';

type Load = (turn: ReadTurn, subjectId: string, approvalId: string) => Promise<ShownSubject | null>;

/** A reversal or refund: its card, and the window of its receipt. */
async function loadMovement(turn: ReadTurn, id: string, approvalId: string): Promise<ShownSubject | null> {
  const facts = await findReversal(turn.ctx, id, approvalId);
  if (!facts) return null;
  const { receipt } = facts;
  return {
    approval: facts.approval,
    name: turn.t(`approvals:name.${facts.kind}`, { number: receipt.number }),
    row: {
      type: facts.kind,
      customerName: receipt.customerName,
      amount: { minor: facts.amount, currency: facts.currency },
      note: facts.reason,
      isPlain: true,
    },
    heading: reversalHeading(facts, readerOf(turn)),
    reasons: null,
    card: (reader) => reversalCard(facts, reader),
    window: (result) => receiptWindow(turn, receipt.id, result),
  };
}

/** Voiding a contract with money: its card, and the contract's. */
async function loadVoid(turn: ReadTurn, id: string, approvalId: string): Promise<ShownSubject | null> {
  const facts = await findVoid(turn.ctx, id, approvalId);
  const contract = facts && (await findContractDetails(turn.ctx, facts.contractId));
  if (!facts || !contract) return null;
  return {
    approval: facts.approval,
    name: turn.t('approvals:name.contract_void', { number: contract.number }),
    row: {
      type: 'contract_void',
      customerName: contract.customer.name,
      amount: { minor: facts.amount, currency: contract.currency },
      note: facts.reason,
      isPlain: true,
    },
    heading: voidHeading(facts, contract, readerOf(turn)),
    reasons: null,
    card: (reader) => voidCard(facts, contract, reader),
    window: (result, list) => drawCard(turn, contract.id, { result, list }),
  };
}

/** A re-allocation: its card, and the window of its receipt. */
async function loadReallocation(
  turn: ReadTurn,
  id: string,
  approvalId: string,
): Promise<ShownSubject | null> {
  const facts = await findReallocation(turn.ctx, id, approvalId);
  const approval = facts?.approval;
  if (!facts || !approval) return null;
  const details = listedChanges(facts, readerOf(turn));
  return {
    approval,
    name: turn.t('approvals:name.reallocation', { number: facts.receipt.number }),
    row: {
      type: 'reallocation',
      customerName: facts.receipt.customerName,
      amount: { minor: facts.receipt.amount, currency: facts.currency },
      note: facts.reason,
      ...(details !== null && { details }),
      isPlain: details !== null,
    },
    heading: reallocationHeading(facts, readerOf(turn)),
    reasons: null,
    card: (reader) => reallocationCard({ ...facts, approval }, reader),
    window: (result) => receiptWindow(turn, facts.receipt.id, result),
  };
}

/** @throws DomainError not_found: outside the reader's scope */
async function receiptWindow(turn: ReadTurn, id: string, result?: string): Promise<ModalView> {
  if ((await findReceiptId(turn.ctx, { id })) === null) throw new DomainError('not_found', { ref: '' });
  return openView(turn, id, result);
}

/** A write-off or its undoing: its card, and the window of its row. */
async function loadAdjustment(turn: ReadTurn, id: string, approvalId: string): Promise<ShownSubject | null> {
  const facts = await findAdjustment(turn.ctx, id, approvalId);
  if (!facts) return null;
  const { contractNumber: number, seq: n } = facts.row;
  const what = turn.t(`adjustments:what.${facts.undoes ? 'undo_' : ''}${facts.kind}`);
  return {
    approval: facts.approval,
    name: turn.t('approvals:name.adjustment', { number, n, what }),
    row: {
      type: facts.kind === 'bad_debt' ? 'write_off' : 'small_difference',
      customerName: facts.row.customerName,
      amount: { minor: facts.amount, currency: facts.row.currency },
      note: facts.reason,
      isPlain: true,
    },
    heading: adjustmentHeading(facts, readerOf(turn)),
    reasons: null,
    card: (reader) => adjustmentCard(facts, reader),
    window: (result) => drawInstalment(turn, facts.row.id, result),
  };
}

const LOAD: Record<SubjectType, Load> = {
  receipt: async (turn, receiptId, approvalId) => {
    const facts = await loadAskedReceipt(turn.ctx, receiptId, approvalId);
    const { t } = turn;
    return (
      facts && {
        approval: facts.approval,
        name: facts.number,
        row: {
          type: 'receipt',
          customerName: facts.customerName,
          amount: { minor: facts.amount, currency: facts.currency },
          note: null,
          isPlain: facts.warnings.length === 0,
        },
        heading: [receiptHeading(facts, readerOf(turn))],
        reasons: REJECT_REASONS.map((key) => ({ key, text: t(`receipts:reason.${key}`) })),
        card: (reader) => receiptCard(facts, reader, turn.ctx.company.settings.paymentMethods),
        window: (result) => receiptWindow(turn, receiptId, result),
      }
    );
  },

  contract: async (turn, contractId, approvalId) => {
    const contract = await loadApprovalCard(turn.ctx, contractId, approvalId);
    const approval = contract?.approval;
    if (!contract || !approval) return null;
    return {
      approval,
      name: contract.number,
      row: {
        type: 'contract',
        customerName: contract.customer.name,
        amount: { minor: contract.amount, currency: contract.currency },
        note: contract.name,
        isPlain:
          checkTerms(contract, turn.ctx.today).every((line) => line.ok) &&
          (contract.credit === null || !isAboveLimit(contract.credit)),
      },
      heading: [section(contractHeading(contract, readerOf(turn)))],
      reasons: contractReasons(turn),
      card: (reader) => contractCardMessage({ ...contract, approval }, turn.ctx.company.settings, reader),
      window: (result, list) => drawCard(turn, contractId, { result, list }),
    };
  },

  contract_change: async (turn, changeId, approvalId) => {
    const change = await findChange(turn.ctx, changeId, approvalId);
    const contract = change && (await findContractDetails(turn.ctx, change.contractId));
    if (!change || !contract) return null;
    const { paymentMethods } = turn.ctx.company.settings;
    const details = listedAmendment(contract, change, paymentMethods, readerOf(turn));
    return {
      approval: change.approval,
      name: turn.t('approvals:name.change', { number: contract.number, no: change.no }),
      row: {
        type: 'contract_change',
        customerName: contract.customer.name,
        amount: { minor: contract.amount + change.amountDelta, currency: contract.currency },
        note: change.reason,
        ...(details !== null && { details }),
        isPlain:
          details !== null &&
          change.problems.length + change.waiting.length === 0 &&
          (contract.credit === null || !isAboveLimit(contract.credit)),
      },
      heading: [section(contractHeading(contract, readerOf(turn)))],
      reasons: contractReasons(turn),
      card: (reader) => changeCardMessage(contract, change, paymentMethods, reader),
      window: (result, list) => drawCard(turn, contract.id, { result, list }),
    };
  },

  postponement: async (turn, _postponementId, approvalId) => {
    const facts = await findPostponement(turn.ctx, approvalId);
    if (!facts) return null;
    const { contractNumber: number, seq: n, id } = facts.row;
    return {
      approval: facts.approval,
      name: turn.t('approvals:name.postponement', { number, n }),
      row: {
        type: 'postponement',
        customerName: facts.row.customerName,
        amount: { minor: facts.row.outstanding, currency: facts.row.currency },
        note: [datesOf(turn, facts), facts.remark ?? ''].join(' ').trim(),
        isPlain: true,
      },
      heading: postponementHeading(facts, readerOf(turn)),
      reasons: null,
      card: (reader) => postponementCard(facts, reader),
      window: (result) => drawInstalment(turn, id, result),
    };
  },

  reversal: loadMovement,
  refund: loadMovement,
  reallocation: loadReallocation,
  contract_void: loadVoid,
  credit_limit: loadLimit,
  write_off: loadAdjustment,
  small_difference: loadAdjustment,
  opening: loadOpening,
};

const contractReasons = ({ t }: ReadTurn): Reason[] =>
  CONTRACT_REJECT_REASONS.map((key) => ({ key, text: t(`contracts:reason.${key}`) }));

const datesOf = ({ ctx }: ReadTurn, { from, to }: { from: LocalDate; to: LocalDate }): string =>
  [from, to].map((date) => formatDate(ctx.actor.locale, date, ctx.today)).join(' → ');

/** The subject of an approval as it is now, or null. */
export const findSubject = (
  turn: ReadTurn,
  { type, subjectId, approvalId }: About,
): Promise<ShownSubject | null> => LOAD[type](turn, subjectId, approvalId);

/** The same where it must be there. @throws DomainError not_found */
export async function loadSubject(turn: ReadTurn, about: About): Promise<ShownSubject> {
  const shown = await findSubject(turn, about);
  if (!shown) throw new DomainError('not_found', { ref: '' });
  return shown;
}
