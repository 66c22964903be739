// Who must not decide about money (rules §6): whoever recorded or edited it, and whoever gains from it.
import type { Tx } from '../../db/client.js';
import type { Receipt } from '../../generated/prisma/client.js';

type Money = Pick<Receipt, 'amount' | 'customerId' | 'recordedById' | 'lastEditedById'>;

/** Of a receipt: besides its recorder the owners of the rows that it pays and, where it leaves credit, whose customer it is. */
export async function involvedInReceipt(
  tx: Tx,
  receipt: Money,
  lines: readonly { readonly amount: bigint; readonly row: { readonly ownerId: string } }[],
): Promise<(string | null)[]> {
  const applied = lines.reduce((sum, line) => sum + line.amount, 0n);
  const owners = lines.map((line) => line.row.ownerId);
  const creditors = applied < receipt.amount ? [await ownerOf(tx, receipt)] : [];
  return [receipt.recordedById, receipt.lastEditedById, ...owners, ...creditors];
}

/** Of a reversal or refund of it: whoever brought the money in, and whose customer gets it back or owes it again. */
export const involvedInMovement = async (tx: Tx, receipt: Money): Promise<(string | null)[]> => [
  receipt.recordedById,
  receipt.lastEditedById,
  await ownerOf(tx, receipt),
];

async function ownerOf(tx: Tx, { customerId }: Pick<Receipt, 'customerId'>): Promise<string> {
  const where = { id: customerId };
  return (await tx.customer.findUniqueOrThrow({ where, select: { ownerId: true } })).ownerId;
}
