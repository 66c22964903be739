// Writes new contracts, one or thousands: the same columns, milestones, search text and audit whoever makes them.
import type { Ctx } from '../../ctx.js';
import { bulkStatement } from '../../db/bulk-insert.js';
import type { Statement } from '../../db/send-in-turn.js';
import { type AuditEntry, auditRows } from '../audit.service.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { trailStatement } from '../save-traces.service.js';
import { searchTextOf } from '../search.js';
import type { ParsedContract } from './contract.js';

export interface NewContract {
  readonly id: string;
  readonly number: string;
  readonly ownerId: string;
  readonly input: ParsedContract;
  /** As `searchTextOfContract` gives it: slow enough to be made before the transaction where there are many. */
  readonly searchText: string;
  /** active only where it was approved outside, before it came here. */
  readonly status?: 'draft' | 'active';
  readonly planIncomplete?: boolean;
}

/** What a search finds a contract by besides its customer, who is looked in with it (lists/words.queries.ts). */
export const searchTextOfContract = (name: string, number: string): string => searchTextOf(name, number);

/** The row of a new contract. */
export const contractColumns = (ctx: Ctx, row: NewContract) => {
  const { input } = row;
  const { signedOn, startsOn, endsOn } = input;
  // Each field by its name: copied, 25,000 of them take a quarter of a second.
  return {
    id: row.id,
    number: row.number,
    name: input.name,
    customerId: input.customerId,
    type: input.type,
    amount: input.amount,
    currency: input.currency,
    signedOn: signedOn && toUtcDate(signedOn),
    startsOn: startsOn && toUtcDate(startsOn),
    endsOn: endsOn && toUtcDate(endsOn),
    paymentMethod: input.paymentMethod,
    status: row.status ?? ('draft' as const),
    planIncomplete: row.planIncomplete ?? false,
    ownerId: row.ownerId,
    financeOwnerId: input.financeOwnerId,
    parentContractId: input.parentContractId,
    remark: input.remark,
    searchText: row.searchText,
    createdAt: ctx.now,
    createdById: ctx.actor.id,
    updatedAt: ctx.now,
    updatedById: ctx.actor.id,
  };
};

/** The days that a new contract expects. */
export const milestoneRows = (ctx: Ctx, contractId: string, milestones: ParsedContract['milestones']) =>
  Object.entries(milestones).flatMap(([kind, date]) =>
    date
      ? [
          {
            id: newId(ctx.now),
            contractId,
            kind,
            expectedOn: toUtcDate(date),
            createdAt: ctx.now,
            updatedAt: ctx.now,
          },
        ]
      : [],
  );

/** What the trail says of a new contract; whose it is and that it is in force only where that is not as always. */
export const contractCreated = (
  ctx: Ctx,
  { id, number, ownerId, input, status }: NewContract,
): AuditEntry => ({
  action: 'contract.created',
  subjectType: 'contract',
  subjectId: id,
  after: { number, ...input, ...(ownerId !== ctx.actor.id && { ownerId }), ...(status && { status }) },
});

/** What makes them, in this order. The caller has checked customer, choices, dates and that the actor may. */
export const contractStatements = (ctx: Ctx, contracts: readonly NewContract[]): Statement[] => [
  () =>
    bulkStatement(
      'contract',
      contracts.map((contract) => contractColumns(ctx, contract)),
    ),
  () =>
    bulkStatement(
      'milestone',
      contracts.flatMap(({ id, input }) => milestoneRows(ctx, id, input.milestones)),
    ),
  () =>
    trailStatement(
      auditRows(
        ctx,
        contracts.map((contract) => contractCreated(ctx, contract)),
      ),
    ),
];
