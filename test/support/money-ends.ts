// How some random sequences end: nothing waits any more, and the contract is void.
import { expect } from 'vitest';
import { reject } from '../../src/domain/approvals/decisions.service.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { withdrawReceipt } from '../../src/domain/receipts/receipt-withdraw.service.js';
import { tried, type World } from './money-world.js';

/** What waits is over, so that nothing stands in the way of what follows. */
export async function endWaiting(world: World): Promise<void> {
  for (const receipt of world.model.receipts.values()) {
    if (receipt.status === 'submitted') {
      await withdrawReceipt(await world.as('rep'), receipt.id);
      receipt.status = 'draft';
    }
    if (receipt.movement === null) continue;
    const { id, version } = await world.approvalOf(receipt.movement.id);
    await reject(await world.as('financeManager'), id, version, { comment: '不' });
    receipt.movement = null;
  }
}

/** At the end of some sequences: the contract is void, and all its money the customer's credit. */
export async function makeVoid(world: World): Promise<string> {
  const { model, company, contractId } = world;
  const { version, status } = await company.db.contract.findUniqueOrThrow({ where: { id: contractId } });
  const waits = await company.db.receipt.count({ where: { status: 'submitted', contractId } });
  const proposed = [...model.receipts.values()].some(
    (receipt) => receipt.status === 'submitted' && receipt.proposed.length > 0,
  );
  const isFree = waits === 0 && !proposed && status === 'active';
  const ctx = await world.as('manager');
  const asked = { id: contractId, version, reason: '取消' };
  const received = world.rows.some((id) => model.received(id) > 0n);
  if (!received) {
    const result = await tried(() => voidContract(ctx, asked));
    expect({ ...result, allowed: result.ok }).toMatchObject({ allowed: isFree });
    if (!result.ok) return 'void refused';
  } else {
    const result = await tried(() => askVoid(ctx, asked));
    expect({ ...result, allowed: result.ok }).toMatchObject({ allowed: isFree });
    if (!result.ok) return 'void refused';
    const decision = await world.decide(result.value.id, 'financeManager');
    expect(decision).toEqual({ ok: true, value: 'approved' });
  }
  model.makeVoid();
  return received ? 'void with money' : 'void';
}
