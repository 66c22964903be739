// A contract with its plan in one go, new or changed: fields, milestones, rows and, if asked for, the approval are saved
// together or not at all (ux §4.4; F16, F31).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import type { UploadedFile } from '../attachments.js';
import { requireActiveCustomer } from '../customers/customer.js';
import { dropDraft } from '../drafts/draft.service.js';
import { newId } from '../ids.js';
import { takeNumber } from '../numbering.service.js';
import { replacePlan, type WantedPlan } from '../plans/replace-plan.service.js';
import { claimRequest } from '../requests.service.js';
import { type ContractInput, contractInput, type ParsedContract } from './contract.js';
import {
  changeContract,
  findCustomerOf,
  insertContract,
  lockContract,
  requireEditable,
} from './contract.service.js';
import { sendContract } from './contract-approval.service.js';
import { checkChoices, checkDates, checkLinks } from './contract-checks.service.js';
import { decideContractOwner, type WantedOwner } from './contract-owner.service.js';

export interface ContractDraft {
  /** The draft contract that is changed, as it was shown; null for a new one. */
  readonly existing: { readonly id: string; readonly version: number } | null;
  readonly fields: ContractInput;
  /** Of a new one: somebody else than the actor. */
  readonly owner?: WantedOwner | undefined;
  readonly files: readonly UploadedFile[];
  readonly plan: WantedPlan;
  /** Sent for approval at once; `planLater`: the plan may stay below the amount. Null: it stays a draft. */
  readonly send: { readonly planLater: boolean } | null;
  /** What the person typed on the way, which is done with. */
  readonly draftId: string;
}

/**
 * Saves it; `approverNames` is null where it was not sent.
 * @throws DomainError as createContract, editContract, replacePlan and submitContract
 */
export async function saveContract(
  ctx: Ctx,
  draft: ContractDraft,
): Promise<{ contract: Contract; approverNames: string[] | null }> {
  const { existing } = draft;
  authorize(ctx.actor, existing ? 'contract.edit' : 'contract.create');
  const input = checkDates(ctx, contractInput.parse(draft.fields));
  // Outside the transaction: numbers may have gaps, but nobody waits for one.
  const fresh = existing ? null : { id: newId(ctx.now), number: await takeNumber(ctx, 'contract') };
  return transact(ctx.db, async (tx) => {
    const contract = await writeFields(tx, ctx, draft, fresh, input);
    await replacePlan(tx, ctx, contract, draft.plan);
    await dropDraft(tx, ctx, draft.draftId);
    if (!draft.send) return { contract, approverNames: null };
    authorize(ctx.actor, 'contract.submit', contract.ownerId);
    return sendContract(tx, ctx, contract, draft.send.planLater);
  });
}

async function writeFields(
  tx: Tx,
  ctx: Ctx,
  { existing, files, owner }: ContractDraft,
  fresh: { id: string; number: string } | null,
  input: ParsedContract,
): Promise<Contract> {
  const subjectType = 'contract';
  if (existing) {
    const before = await lockContract(tx, existing.id);
    const result = { reference: before.number, subjectType, subjectId: before.id };
    await claimRequest(tx, ctx, 'contract.edit', result);
    return changeContract(tx, ctx, before, existing.version, input, files);
  }
  if (!fresh) throw new RangeError('a new contract has an id and a number');
  const result = { reference: fresh.number, subjectType, subjectId: fresh.id };
  await claimRequest(tx, ctx, 'contract.create', result);
  return insertContract(tx, ctx, { ...fresh, ...(owner && { owner }) }, checkChoices(ctx, input), files);
}

/**
 * What saving would refuse of the fields alone, said while they are typed; changes nothing.
 * @throws DomainError as saveContract
 */
export async function checkContract(
  ctx: Ctx,
  { existing, fields, owner }: Pick<ContractDraft, 'existing' | 'fields' | 'owner'>,
): Promise<void> {
  const input = checkDates(ctx, contractInput.parse(fields));
  if (existing) {
    await transact(ctx.db, async (tx) => {
      await requireEditable(tx, ctx, await lockContract(tx, existing.id), existing.version, input);
    });
    return;
  }
  checkChoices(ctx, input);
  const customer = await findCustomerOf(ctx.db, input);
  authorize(ctx.actor, 'contract.create', customer.ownerId);
  requireActiveCustomer(customer);
  await checkLinks(ctx.db, ctx, input);
  await decideContractOwner(ctx.db, ctx, customer.ownerId, owner);
}
