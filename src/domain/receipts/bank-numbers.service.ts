// Numbers by which a bank knows a payment are one, whichever column they stand in (rules §3). Indexes see one column each:
// whoever brings a number holds it until the transaction ends, and looks for it then.
import type { Tx } from '../../db/client.js';

/** A file brings very many at once, and a server keeps room for some thousand locks: numbers share so many. */
const LOCKS = 1024;

/** Waits for whoever else brings one of these numbers, for whichever customer, or for nobody yet. */
export async function holdBankNumbers(tx: Tx, numbers: readonly string[]): Promise<void> {
  if (numbers.length === 0) return;
  // In one order, so that two people never wait in a circle.
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtext('huikuan.bank-number'), lock) FROM (
      SELECT DISTINCT hashtext(number) & ${LOCKS - 1}::int AS lock FROM unnest(${[...numbers]}::text[]) number ORDER BY lock) locks`;
}
