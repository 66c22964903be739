// Where the money of imported receipts goes, row by row, and which rows of money from before it may not go to.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { findPeople } from '../members/member.queries.js';
import { type OpenItem, proposeAllocation } from '../receipts/allocation.js';
import { listOpenItemsOf } from '../receipts/open-items.queries.js';
import { receiptInput } from '../receipts/receipt.js';
import { type ImportScope, importScope } from './import-access.js';
import { type Decision, failed, type StagedRow } from './import-row.js';
import { textsOf } from './lookups.service.js';
import { findOpeningDecision } from './opening.queries.js';

export type ImportedReceipt = ReturnType<typeof receiptInput.parse>;
export interface SplitLine {
  readonly instalmentId: string;
  readonly amount: bigint;
}

/**
 * Money that nobody else looks at row by row goes to no instalment of whoever brings the file or agreed to it, and becomes
 * no credit of a customer of theirs (rules §6).
 */
export async function refuseOwn(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  rows: readonly StagedRow[],
  decisions: readonly Decision[],
): Promise<Decision[]> {
  const agreed = await findOpeningDecision(tx, job.id);
  const customerOf = new Map(decisions.map((one) => [one.line, one.outcome === 'new' && one.customerId]));
  const fresh = rows.flatMap((row) => {
    const customerId = customerOf.get(row.line);
    return customerId ? [{ row, customerId }] : [];
  });
  const customerIds = [...new Set(fresh.map(({ customerId }) => customerId))];
  const ownerId = { in: [job.userId, ...(agreed?.deciderIds ?? [])] };
  const select = { id: true, ownerId: true };
  const own = await tx.instalment.findMany({
    where: { customerId: { in: customerIds }, ownerId, lifecycle: 'open' },
    select,
  });
  const customers = await tx.customer.findMany({ where: { id: { in: customerIds }, ownerId }, select });
  if (own.length === 0 && customers.length === 0) return [...decisions];
  const ownerOf = new Map([...own, ...customers].map((one) => [one.id, one.ownerId]));
  const people = await findPeople(tx, [...ownerOf.values()]);
  const split = await splitter(tx, ctx, importScope(ctx.actor, 'opening', job), fresh);
  const refused = new Map<number, Decision>();
  for (const { row, customerId } of fresh) {
    const input = split.inputOf(row, customerId);
    const lines = split.propose(input);
    const nameOf = (id: string) => people.get(id)?.name ?? '';
    const payee = lines.map((line) => ownerOf.get(line.instalmentId)).find((id) => id !== undefined);
    const isOver = lines.reduce((sum, line) => sum + line.amount, 0n) < input.amount;
    const creditor = isOver ? ownerOf.get(customerId) : undefined;
    if (payee !== undefined) refused.set(row.line, failed(row, 'own_row', null, { name: nameOf(payee) }));
    else if (creditor !== undefined)
      refused.set(row.line, failed(row, 'own_credit', null, { name: nameOf(creditor) }));
    else split.take(input, lines);
  }
  return decisions.map((decision) => refused.get(decision.line) ?? decision);
}

/** Splits as the form proposes (rules §5); what one row of the file takes is not offered to the next. */
export async function splitter(
  tx: Tx,
  ctx: Ctx,
  owners: ImportScope,
  rows: readonly { row: StagedRow; customerId: string }[],
) {
  const contracts = await tx.contract.findMany({
    where: {
      number: {
        in: textsOf(
          rows.map(({ row }) => row),
          'contract',
        ),
      },
      deletedAt: null,
    },
    select: { id: true, number: true },
  });
  const byNumber = new Map(contracts.map((contract) => [contract.number, contract.id]));
  const customers = [...new Set(rows.map(({ customerId }) => customerId))];
  const open = await listOpenItemsOf(tx, { customerIds: customers, owners });
  const left = new Map<string, OpenItem[]>(open);
  return {
    inputOf: ({ fields }: StagedRow, customerId: string): ImportedReceipt =>
      receiptInput.parse({
        ...fields,
        amount: BigInt(String(fields.amount)),
        ...(fields.originalAmount !== undefined && { originalAmount: BigInt(String(fields.originalAmount)) }),
        customerId,
        contractId: byNumber.get(String(fields.contract)) ?? null,
      }),
    propose: (input: ImportedReceipt): SplitLine[] => {
      const items = left.get(keyOf(input)) ?? [];
      const target =
        input.contractId === null ? { customerId: input.customerId } : { contractId: input.contractId };
      const { lines } = proposeAllocation({ amount: input.amount, target, open: items, today: ctx.today });
      return lines.map(({ instalmentId, amount }) => ({ instalmentId, amount }));
    },
    take: (input: ImportedReceipt, lines: readonly SplitLine[]): void => {
      const taken = new Map(lines.map((line) => [line.instalmentId, line.amount]));
      const items = left.get(keyOf(input)) ?? [];
      left.set(
        keyOf(input),
        items.map((item) => ({ ...item, outstanding: item.outstanding - (taken.get(item.id) ?? 0n) })),
      );
    },
  };
}

const keyOf = ({ customerId, currency }: ImportedReceipt): string => `${customerId} ${currency}`;
