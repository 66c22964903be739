// Whoever decides an earlier step decides no later one (rules §6). Where they are the only one for that, it is said before
// they decide and not afterwards, when nobody is left and the admins must find somebody.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { DomainError } from '../errors.js';
import { flowStepOf } from './approval.service.js';
import { findAsked, isSolo } from './candidates.service.js';
import { deciders, type Held } from './hold.service.js';
import { asksInOwnRight } from './waiting.queries.js';

/** @throws DomainError approval.leaves_nobody (a later step that only the actor, or whose place they take, could decide) */
export async function requireSomebodyLater(
  tx: Tx,
  ctx: Ctx,
  { about, approval, involved }: Held,
  { asId }: { readonly asId: string },
): Promise<void> {
  const later = approval.steps.filter((step) => step.seq > approval.currentStep);
  if (later.length === 0) return;
  const out = [...involved, ...deciders(approval, approval.currentStep), ...approval.step.approvedIds];
  const askedOf = async (step: (typeof later)[number], without: readonly string[]) => {
    const where = { ownerId: approval.ownerId, out: [...out, ...without] };
    return (await findAsked(tx, about.type, flowStepOf(step), where)).people;
  };
  const taken = [asId, ctx.actor.id];
  for (const step of later) {
    if ((await askedOf(step, taken)).length > 0) continue;
    // For a step that has nobody anyway it makes no difference who decides this one.
    if ((await askedOf(step, [])).length === 0) continue;
    if (await isSolo(tx, ctx, about.type)) return;
    const names = await othersFor(tx, ctx, approval);
    throw new DomainError('approval.leaves_nobody', { step: approval.currentStep, next: step.seq, names });
  }
}

/** Who could decide the present step instead, in their own right; where all must approve, nobody is left out. */
async function othersFor(tx: Tx, ctx: Ctx, { id, step }: Held['approval']): Promise<string[]> {
  if (step.mode === 'all') return [];
  const found = await tx.$queryRaw<{ name: string }[]>`
    SELECT u.name FROM approval a JOIN approval_step s ON s.approval_id = a.id CROSS JOIN app_user u
    WHERE a.id = ${id}::uuid AND u.active AND u.id <> ${ctx.actor.id}::uuid AND ${asksInOwnRight('u')} ORDER BY u.id`;
  return found.map((person) => person.name);
}
