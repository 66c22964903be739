// What becomes of an approval whose subject changed while it waited: it is drawn anew and asked again, from the first step
// on where steps were decided already; or it no longer fits, and whoever decides is told so.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { DomainError, isDomainError } from '../errors.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { beginStep, type OpenApproval } from './approval.service.js';
import { askNotices } from './ask.service.js';
import type { Held } from './hold.service.js';

/** The words of a form would tell whoever decides to change what only whoever asked can change. */
const FOR_DECIDERS = /^(amendment|contract)\.|^not_found$/;

/** What the subject says before each approval; null or undefined: it is what was shown. */
export async function recheck(tx: Tx, { subject, approval }: Held) {
  try {
    return await subject.recheck?.();
  } catch (error) {
    if (!isDomainError(error) || FOR_DECIDERS.test(error.code)) throw error;
    const { name } = await tx.user.findUniqueOrThrow({ where: { id: approval.requestedById } });
    throw new DomainError('approval.no_longer_fits', { who: name });
  }
}

/** A step that is asked anew. */
export const UNDECIDED = {
  decidedById: null,
  onBehalfOfId: null,
  decision: null,
  decidedAt: null,
  reason: null,
  comment: null,
  approvedIds: [],
  solo: false,
  version: { increment: 1 },
};

/** What earlier steps approved is not what it is now: they are asked again. Who decided them is in the trail. */
export async function restart(
  tx: Tx,
  ctx: Ctx,
  { approval, subject, about }: Held,
  involved: readonly (string | null)[],
): Promise<Traces> {
  await tx.approvalStep.updateMany({
    where: { approvalId: approval.id, seq: { lte: approval.currentStep } },
    data: UNDECIDED,
  });
  await tx.approval.update({ where: { id: approval.id }, data: { currentStep: 1 } });
  const out = [approval.requestedById, ...involved].filter((id) => id !== null);
  const asked = await beginStep(tx, ctx, approval, 1, out);
  const entry = {
    action: 'approval.restarted',
    ...subject.about,
    before: { step: approval.currentStep },
    after: { approvalId: approval.id, step: 1 },
  };
  return joinTraces({ audit: [entry] }, await askNotices(tx, ctx, about, asked, 1));
}

/** Whether somebody whom the present step asks must not decide any more: it would wait for them, or for nobody. */
export async function losesPeople(
  tx: Tx,
  { involvedIds, step }: OpenApproval,
  involved: readonly (string | null)[],
): Promise<boolean> {
  const fresh = involved.filter((id) => id !== null).filter((id) => !involvedIds.includes(id));
  if (fresh.length === 0) return false;
  const asked = { OR: [{ id: { in: step.approverIds } }, { roles: { hasSome: step.approverRoles } }] };
  return (await tx.user.count({ where: { id: { in: fresh }, ...asked } })) > 0;
}

/** The subject changed while it waited: who must not decide may be others now, and old buttons ask again. */
export async function keepInvolved(
  tx: Tx,
  ctx: Ctx,
  approval: OpenApproval,
  involved: readonly (string | null)[],
): Promise<void> {
  const ids = [approval.requestedById, ...involved].filter((id) => id !== null);
  await tx.approval.update({
    where: { id: approval.id },
    data: { involvedIds: [...new Set(ids)], updatedAt: ctx.now, version: { increment: 1 } },
  });
}
