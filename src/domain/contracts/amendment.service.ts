// Asks for an amendment of an active contract (F26; rules §3). Nothing changes until it is approved: deciding about it is
// amendment-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract, ContractChange } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { plainJson } from '../audit.service.js';
import { isAboveLimit } from '../customers/credit.js';
import { holdCredit } from '../customers/credit.queries.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { latestPlanDate } from '../plans/plan.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import {
  type AmendedFields,
  type AmendmentProblem,
  checkAmendment,
  composeAmendment,
  newlyDated,
  type PresentContract,
  type WantedPlan,
} from './amendment.js';
import { loadPresent } from './amendment.queries.js';
import { lockContract, requireState } from './contract.service.js';

export interface AmendmentInput {
  contractId: string;
  version: number;
  reason: string;
  fields: AmendedFields;
  plan: WantedPlan;
  /** The plan may stay below the new amount. */
  keepRest: boolean;
  /** The person ticked that past dates are meant. */
  alreadyDue: boolean;
}

/**
 * Sends an amendment to whoever approves the contract.
 * @throws DomainError amendment.nothing, amendment.open, amendment.below_paid, instalment.has_money, plan.exceeds_contract,
 *   plan.incomplete, plan.past_date, plan.date_too_far, choice.unknown, contract.bad_state, version.conflict; those of a
 *   row carry the field `row:<id>`, of a new one `added`, what a tick allows `options`, that nothing changes `amount`
 */
export async function proposeAmendment(
  ctx: Ctx,
  input: AmendmentInput,
): Promise<{ change: ContractChange; approverNames: string[] }> {
  return transact(ctx.db, async (tx) => {
    const contract = await lockContract(tx, input.contractId);
    await claimRequest(tx, ctx, 'contract.amend', {
      reference: contract.number,
      subjectType: 'contract',
      subjectId: contract.id,
    });
    authorize(ctx.actor, 'contract.amend', contract.ownerId);
    requireState(contract, 'amend');
    const open = await tx.contractChange.findFirst({ where: { contractId: contract.id, status: 'open' } });
    if (open) throw new DomainError('amendment.open', { no: open.no });
    if (contract.version !== input.version) throw await versionConflict(tx, contract);
    const { before, after } = await compose(tx, ctx, contract, input);
    const { _max } = await tx.contractChange.aggregate({
      where: { contractId: contract.id },
      _max: { no: true },
    });
    const id = newId(ctx.now);
    const { amount } = before.fields.amount > after.fields.amount ? before.fields : after.fields;
    const amountDelta = after.fields.amount - before.fields.amount;
    const credit = await holdCredit({ db: tx, company: ctx.company }, contract.customerId, {
      contractId: null,
      adds: { minor: amountDelta, currency: contract.currency },
    });
    const approval = await openApproval(tx, ctx, {
      type: 'contract_change',
      id,
      version: 1,
      amount: { minor: amount, currency: contract.currency },
      contractType: contract.type,
      // One that makes it smaller asks nobody about credit.
      creditExceeded: amountDelta > 0n && credit !== null && isAboveLimit(credit),
      ownerId: contract.ownerId,
      involved: [contract.ownerId],
    });
    const change = await tx.contractChange.create({
      data: {
        id,
        contractId: contract.id,
        no: (_max.no ?? 0) + 1,
        reason: input.reason,
        before: plainJson(before),
        after: plainJson(after),
        amountDelta,
        approvalId: approval.id,
        createdAt: ctx.now,
        createdById: ctx.actor.id,
        updatedAt: ctx.now,
      },
    });
    const about = { type: 'contract_change', subjectId: id, approvalId: approval.id } as const;
    const { notices, homes } = await askNotices(tx, ctx, about, approval.asked);
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'contract.amendment_sent',
          subjectType: 'contract',
          subjectId: contract.id,
          before: { ...before },
          after: { no: change.no, reason: input.reason, ...after },
        },
      ],
      notices,
      homes: [contract.ownerId, ...homes],
    });
    return { change, approverNames: approval.asked.map((person) => person.name) };
  });
}

async function compose(tx: Tx, ctx: Ctx, contract: Contract, input: AmendmentInput) {
  return checkedSides(ctx, await loadPresent(tx, contract), contract, input);
}

/**
 * What would change, if all of it may: asked before it is shown, and again when it is sent.
 * @throws DomainError as proposeAmendment, of what is written
 */
export function checkedSides(
  ctx: Ctx,
  present: PresentContract,
  contract: Pick<Contract, 'currency'>,
  input: Pick<AmendmentInput, 'fields' | 'plan' | 'keepRest' | 'alreadyDue'>,
) {
  checkFields(ctx, present.fields, input.fields);
  const sides = composeAmendment(present, input.fields, input.plan);
  if (!sides) throw new DomainError('amendment.nothing', {}, 'amount');
  checkDates(ctx, sides, input.alreadyDue);
  const after = { ...sides.after, keepRest: input.keepRest };
  const [problem] = checkAmendment(present, sides.before, after);
  if (problem) throw refusal(problem, contract, sides.after.rows);
  return { before: sides.before, after };
}

function checkFields(ctx: Ctx, present: AmendedFields, asked: AmendedFields): void {
  const methods = ctx.company.settings.paymentMethods;
  const { paymentMethod, startsOn, endsOn } = asked;
  const isNew = paymentMethod !== null && paymentMethod !== present.paymentMethod;
  if (isNew && !methods.some((entry) => entry.key === paymentMethod && entry.active)) {
    throw new DomainError('choice.unknown', { value: paymentMethod }, 'paymentMethod');
  }
  const max = latestPlanDate(ctx.today);
  for (const [field, date] of Object.entries({ startsOn, endsOn })) {
    if (date !== null && date > max) throw new DomainError('plan.date_too_far', { max }, field);
  }
  if (startsOn !== null && endsOn !== null && endsOn < startsOn) {
    throw new DomainError('contract.ends_before_start', { start: startsOn }, 'endsOn');
  }
}

function checkDates(
  ctx: Ctx,
  sides: NonNullable<ReturnType<typeof composeAmendment>>,
  alreadyDue: boolean,
): void {
  const max = latestPlanDate(ctx.today);
  for (const { id, dueOn } of newlyDated(sides)) {
    if (dueOn > max) throw new DomainError('plan.date_too_far', { max }, fieldOf(id));
    if (dueOn < ctx.today && !alreadyDue) throw new DomainError('plan.past_date', { date: dueOn }, 'options');
  }
}

const fieldOf = (rowId: string | null): string => (rowId === null ? 'added' : `row:${rowId}`);

/** What is wrong with an amendment that is being written, on the field it belongs to. */
function refusal(
  problem: AmendmentProblem,
  contract: Pick<Contract, 'currency'>,
  rows: readonly { id: string | null; amount: bigint }[],
): DomainError {
  const money = (minor: bigint) => ({ minor, currency: contract.currency });
  if (problem.problem === 'exceeds') {
    const excess = money(problem.difference);
    const last = rows.at(-1);
    const room = (last?.amount ?? 0n) - problem.difference;
    // No line alone is too much: the amount is less than what is planned.
    if (!last || room <= 0n) return new DomainError('amendment.plan_above', { excess }, 'amount');
    return new DomainError('plan.exceeds_contract', { excess, max: money(room) }, fieldOf(last.id));
  }
  if (problem.problem === 'incomplete') {
    return new DomainError('plan.incomplete', { missing: money(problem.difference) }, 'options');
  }
  return problemError(problem, contract.currency);
}

/** What no longer fits, as a refusal. */
export function problemError(problem: AmendmentProblem, currency: string): DomainError {
  const money = (minor: bigint) => ({ minor, currency });
  switch (problem.problem) {
    case 'contract_changed':
      return new DomainError('amendment.contract_changed', {});
    case 'rows_changed':
      return new DomainError('amendment.rows_changed', { seqs: [...problem.seqs] });
    case 'below_paid':
      return new DomainError(
        'amendment.below_paid',
        { seq: problem.seq, min: money(problem.min) },
        fieldOf(problem.rowId),
      );
    case 'has_money':
      return new DomainError(
        'instalment.has_money',
        { amount: money(problem.amount) },
        fieldOf(problem.rowId),
      );
    case 'exceeds':
    case 'incomplete':
      return new DomainError('amendment.sum_changed', { difference: money(problem.difference) });
  }
}

/**
 * A row that an open amendment touches stands still until it is decided; money on it does not.
 * @throws DomainError amendment.waits
 */
export async function requireNotAmended(
  tx: Tx,
  row: { id: string; seq: number; contractId: string },
): Promise<void> {
  const [open] = await tx.$queryRaw<{ no: number }[]>`
    SELECT no FROM contract_change WHERE contract_id = ${row.contractId}::uuid AND status = 'open'
      AND before->'rows' @> jsonb_build_array(jsonb_build_object('id', ${row.id}::text))`;
  if (open) throw new DomainError('amendment.waits', { seq: row.seq, no: open.no });
}
