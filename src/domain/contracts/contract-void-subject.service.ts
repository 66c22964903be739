// Voiding a contract with money as a subject of approval (rules §3, §6): approved, its receipts' money belongs to no
// instalment any more, as of today, and the contract is void.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRows } from '../../db/lock-rows.js';
import { type Contract, type ContractVoid, Prisma, type Receipt } from '../../generated/prisma/client.js';
import { rewriteOf } from '../approvals/ask.service.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import { notice } from '../notices/notice.js';
import { type HeldLine, lockBookedOn, releaseLines } from '../receipts/release.service.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { lockContract, requireState } from './contract.service.js';
import { endAsVoid, requireNoneWaiting } from './contract-end.service.js';

interface Held {
  readonly asked: ContractVoid;
  readonly contract: Contract;
  readonly lines: readonly HeldLine[];
  readonly receipts: readonly Receipt[];
}

/** Locks the receipts that paid the contract, then the contract, then its rows. @throws DomainError not_found */
export async function holdContractVoid(tx: Tx, ctx: Ctx, voidId: string): Promise<HeldSubject> {
  const asked = await tx.contractVoid.findUnique({ where: { id: voidId } });
  if (!asked) throw new DomainError('not_found', { ref: '' });
  const { contractId } = asked;
  const first = await lockRows(
    tx,
    'receipt',
    Prisma.sql`id IN (SELECT a.receipt_id FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE i.contract_id = ${contractId}::uuid AND a.status = 'effective')`,
  );
  const contract = await lockContract(tx, contractId);
  await lockRows(tx, 'instalment', Prisma.sql`contract_id = ${contractId}::uuid`);
  const lines = await lockBookedOn(tx, contractId);
  const known = new Set(first.map((receipt) => receipt.id));
  // Booked between the two locks: a deadlock with its next writer is repeated by transact.
  const late = [...new Set(lines.map((line) => line.receiptId))].filter((id) => !known.has(id));
  const more = late.length === 0 ? [] : await lockRows(tx, 'receipt', Prisma.sql`id = ANY(${late}::uuid[])`);
  const held: Held = { asked, contract, lines, receipts: [...first, ...more] };
  return {
    ownerId: null,
    involved: [asked.createdById, contract.ownerId],
    about: { subjectType: 'contract', subjectId: contract.id },
    homes: [asked.createdById, contract.ownerId],
    recheck: () => recheck(tx, held),
    finish: (ending) => (ending.status === 'approved' ? post(tx, ctx, held, ending) : drop(tx, held, ending)),
  };
}

type Recheck = NonNullable<HeldSubject['recheck']>;

/** Other money than the card showed: it is drawn anew and asked again. @throws DomainError contract.bad_state, contract.receipt_waits */
async function recheck(tx: Tx, { asked, contract, lines }: Held): ReturnType<Recheck> {
  requireState(contract, 'void');
  await requireNoneWaiting(tx, contract);
  const amount = lines.reduce((sum, line) => sum + line.amount, 0n);
  if (amount === asked.amount) return null;
  await tx.contractVoid.update({ where: { id: asked.id }, data: { amount } });
  const entry = {
    action: 'contract.void_recalculated',
    subjectType: 'contract',
    subjectId: contract.id,
    before: { amount: asked.amount },
    after: { amount },
  };
  return { traces: { audit: [entry] }, involved: [asked.createdById, contract.ownerId] };
}

async function post(tx: Tx, ctx: Ctx, held: Held, ending: Ending): Promise<Traces> {
  const { asked, contract, lines, receipts } = held;
  await tx.contractVoid.update({ where: { id: asked.id }, data: { status: 'approved' } });
  const taken = lines.map((line) => ({ line, taken: line.amount }));
  const released = await releaseLines(tx, ctx, receipts, taken, 'contract_void');
  await toCredit(tx, ctx, lines);
  const ended = await endAsVoid(tx, ctx, contract, asked.reason, asked.createdById);
  return joinTraces(released, ended.traces, await tell(tx, ctx, held, ending), {
    concerned: lines.map((line) => line.instalmentId),
    audit: receipts.map(({ id, unapplied }) => {
      const amount = lines.reduce((sum, line) => (line.receiptId === id ? sum + line.amount : sum), 0n);
      return {
        action: 'receipt.moved_to_credit',
        subjectType: 'receipt',
        subjectId: id,
        before: { unapplied },
        after: { contract: contract.number, amount, unapplied: unapplied + amount },
      };
    }),
  });
}

async function toCredit(tx: Tx, ctx: Ctx, lines: readonly HeldLine[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE receipt r SET unapplied = r.unapplied + x.amount, version = r.version + 1, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}::uuid
    FROM (SELECT id, SUM(amount)::bigint AS amount FROM unnest(${lines.map((line) => line.receiptId)}::uuid[],
      ${lines.map((line) => line.amount)}::bigint[]) AS l(id, amount) GROUP BY id) x
    WHERE r.id = x.id`;
}

/** Rejected or withdrawn: the contract stays as it is. */
async function drop(tx: Tx, { asked, contract }: Held, ending: Ending): Promise<Traces> {
  const status = ending.status === 'rejected' ? 'rejected' : 'withdrawn';
  await tx.contractVoid.update({ where: { id: asked.id }, data: { status } });
  const entry = {
    action: `contract.void_${status}`,
    subjectType: 'contract',
    subjectId: contract.id,
    after: { ...ending.audit, amount: asked.amount },
  };
  return { audit: [entry], notices: status === 'rejected' ? [decidedNotice(asked, ending)] : [] };
}

const decidedNotice = (asked: ContractVoid, { approvalId, requestedById }: Ending) =>
  notice({
    kind: 'contract.void_decided',
    key: `contract.void_decided:${approvalId}`,
    to: { user: requestedById },
    payload: { voidId: asked.id, approvalId },
  });

/** The receipts' own cards say where their money is, and whoever asked that it is done. */
async function tell(tx: Tx, ctx: Ctx, { asked, receipts }: Held, ending: Ending): Promise<Traces> {
  const cards = await tx.approval.findMany({
    where: {
      subjectType: 'receipt',
      subjectId: { in: receipts.map((receipt) => receipt.id) },
      status: 'approved',
    },
    select: { id: true, subjectId: true },
  });
  return {
    rewrites: cards.map(({ id, subjectId }) =>
      rewriteOf({ type: 'receipt', subjectId, approvalId: id }, `void:${asked.id}`),
    ),
    notices: [decidedNotice(asked, ending)],
    homes: [...receipts.map((receipt) => receipt.recordedById), ctx.actor.id],
  };
}
