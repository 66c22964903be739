// Who decides about a postponement that a rep may not choose alone, and how they are asked (rules §6).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { isInvolved } from '../approvals/approval.js';
import { listHolders, listManagerChain, type Person } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';
import { postponementCardKey } from './postponement-cancel.service.js';

/** The nearest manager above the owner, else all sales directors; never the involved. */
export async function findPostponementApprovers(
  tx: Tx,
  ownerId: string,
  involved: readonly string[],
): Promise<Person[]> {
  const free = <T extends Person>(people: T[]) => people.filter((one) => !isInvolved(one.id, involved));
  const chain = free(await listManagerChain(tx, ownerId)).filter(
    (one) => one.roles.includes('sales_manager') || one.roles.includes('sales_director'),
  );
  return chain[0] ? [chain[0]] : free(await listHolders(tx, 'sales_director'));
}

type Asked = { readonly postponementId: string; readonly approvalId: string };

/** A card to each; nobody found: the admins are told loudly, and nothing passes by itself (rules §6). */
export async function askApprovers(
  tx: Tx,
  ctx: Ctx,
  asked: Asked,
  approvers: readonly Person[],
): Promise<void> {
  const cards = approvers.map((person) =>
    notice({
      kind: 'postponement.card',
      key: `${postponementCardKey(asked.approvalId)}@${person.id}`,
      to: { user: person.id },
      payload: asked,
    }),
  );
  const admins = approvers.length > 0 ? [] : await listHolders(tx, 'admin');
  const orphan = admins.map((person) =>
    notice({
      kind: 'postponement.orphan',
      key: `postponement.orphan:${asked.approvalId}@${person.id}`,
      to: { user: person.id },
      payload: asked,
    }),
  );
  await enqueue(tx, ctx, ...cards, ...orphan);
  await markHomesStale(
    tx,
    approvers.map((person) => person.id),
  );
}

/** Postponements that nobody could decide are asked for again: roles or managers have changed. */
export async function askAgainForPostponements(tx: Tx, ctx: Ctx): Promise<void> {
  const orphans = await tx.approval.findMany({
    where: {
      status: 'open',
      subjectType: 'postponement',
      steps: { some: { approverIds: { isEmpty: true } } },
    },
  });
  for (const approval of orphans) {
    const asked = await tx.postponement.findUniqueOrThrow({
      where: { id: approval.subjectId },
      include: { instalment: true },
    });
    const { ownerId } = asked.instalment;
    const people = await findPostponementApprovers(tx, ownerId, [approval.requestedById, ownerId]);
    if (people.length === 0) continue;
    await tx.approvalStep.updateMany({
      where: { approvalId: approval.id, seq: approval.currentStep },
      data: { approverIds: people.map((one) => one.id) },
    });
    await askApprovers(tx, ctx, { postponementId: asked.id, approvalId: approval.id }, people);
  }
}
