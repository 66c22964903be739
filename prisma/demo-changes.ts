// What happened to contracts of the demo company after they were in force: amended, or void.
import type { Ctx } from '../src/ctx.js';
import { proposeAmendment } from '../src/domain/contracts/amendment.service.js';
import { voidContract } from '../src/domain/contracts/contract-end.service.js';
import { addDays, fromUtcDate, type LocalDate } from '../src/domain/local-date.js';
import type { DemoContract } from './demo-contracts.js';

/** Who acts on a day. */
interface Acting {
  readonly rep: (date: LocalDate) => Promise<Ctx>;
  readonly manager: (date: LocalDate) => Promise<Ctx>;
  /** Everybody who is asked approves. */
  readonly approveAll: (subject: { type: 'contract_change'; id: string }, date: LocalDate) => Promise<void>;
}

/** Ordered more, or called it off. */
export async function seedChanges(
  { rep, manager, approveAll }: Acting,
  demo: DemoContract,
  contractId: string,
  today: LocalDate,
): Promise<void> {
  if (demo.ordersMore !== undefined) {
    const ctx = await rep(addDays(today, -10));
    const contract = await ctx.db.contract.findUniqueOrThrow({ where: { id: contractId } });
    const { name, amount, paymentMethod, startsOn, endsOn } = contract;
    const more = BigInt(demo.ordersMore.amount) * 100n;
    const day = (date: Date | null) => date && fromUtcDate(date);
    const { change } = await proposeAmendment(ctx, {
      contractId,
      version: contract.version,
      reason: demo.ordersMore.reason,
      fields: { name, amount: amount + more, paymentMethod, startsOn: day(startsOn), endsOn: day(endsOn) },
      plan: {
        rows: new Map(),
        added: [{ name: demo.ordersMore.name, amount: more, dueOn: addDays(today, 40) }],
      },
      keepRest: true,
      alreadyDue: false,
    });
    await approveAll({ type: 'contract_change', id: change.id }, addDays(today, -9));
  }
  if (demo.calledOff !== undefined) {
    const ctx = await manager(addDays(today, -3));
    const { version } = await ctx.db.contract.findUniqueOrThrow({ where: { id: contractId } });
    await voidContract(ctx, { id: contractId, version, reason: demo.calledOff });
  }
}
