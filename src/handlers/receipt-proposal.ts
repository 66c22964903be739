// How the money of the receipt form would be split: as proposed, or as a person chose it. Reads only.
import type { SplitLine } from '../domain/receipts/receipt.js';
import { proposeSplit } from '../domain/receipts/split.queries.js';
import { markOf } from './mark.js';
import { allocationTarget } from './receipt-target.js';
import { encodeSplit, keptOf } from './split-code.js';
import type { Turn } from './turns.js';
import type { ReceiptFormState } from './views/receipt-form-views.js';
import type { ReceiptTarget } from './views/receipt-target-views.js';

const WHOLE = 'whole';

/** `kept`: rows beyond the chosen ones that keep what is proposed; no other row has anything. */
export async function splitOf(
  { ctx }: Pick<Turn, 'ctx'>,
  target: ReceiptTarget,
  amount: bigint | null,
  chosen: readonly SplitLine[] | null,
  kept: string | null,
): Promise<Pick<ReceiptFormState, 'proposal' | 'mark' | 'byHand' | 'kept'>> {
  const { customer, currency } = target;
  const where = allocationTarget(target);
  const byHand = { kept: chosen && kept };
  // Where nothing is split, another amount changes nothing of what was shown.
  const whole = customer && where === null ? WHOLE : null;
  if (!customer || amount === null || amount <= 0n) {
    return { ...byHand, proposal: null, mark: whole ?? '', byHand: chosen && encodeSplit(chosen) };
  }
  const propose = (by: readonly SplitLine[] | null) =>
    proposeSplit(ctx, { customerId: customer.id, currency, amount, target: where, chosen: by });
  const listed = new Set(chosen?.map((line) => line.instalmentId));
  const others = async (keeps: string) =>
    keptOf(
      keeps,
      (await propose(null)).lines.filter((line) => !listed.has(line.instalmentId)),
    );
  const proposal = await propose(chosen && [...chosen, ...(kept === null ? [] : await others(kept))]);
  const amounts = new Map(proposal.lines.map((line) => [line.instalmentId, line.amount]));
  // A row that was left empty is not filled again by what is proposed.
  const lines = chosen?.map(({ instalmentId }) => ({
    instalmentId,
    amount: amounts.get(instalmentId) ?? 0n,
  }));
  return {
    ...byHand,
    proposal,
    mark: whole ?? markOf([`${amount}`, ...[...amounts].map((line) => line.join(' '))]),
    byHand: lines ? encodeSplit(kept === null ? lines.filter((line) => line.amount > 0n) : lines) : null,
  };
}
