// Who decides about a contract and about its amendments, and how they are asked (rules §6): the same people, each with a
// card of their own.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { rolesFor } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import { listHolders, listManagerChain } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { leaveTraces } from '../traces.service.js';

/** A contract itself, or an amendment of it. */
export type ContractSubject =
  | { type: 'contract'; contractId: string }
  | { type: 'contract_change'; contractId: string; changeId: string };

/** Key of the approver's card, without the person. */
export const cardKey = (type: ContractSubject['type'], approvalId: string): string =>
  `${type === 'contract' ? 'contract.card' : 'contract.change_card'}:${approvalId}`;

/** The nearest manager above the owner; else all sales directors; else all finance managers; never the involved. */
export async function findApprovers(
  tx: Tx,
  ownerId: string,
  involved: string[],
): Promise<{ id: string; name: string }[]> {
  const free = <T extends { id: string }>(people: T[]) =>
    people.filter((person) => !isInvolved(person.id, involved));
  const chain = free(await listManagerChain(tx, ownerId)).filter(
    (person) => person.roles.includes('sales_manager') || person.roles.includes('sales_director'),
  );
  if (chain[0]) return [chain[0]];
  const directors = free(await listHolders(tx, 'sales_director'));
  return directors.length > 0 ? directors : free(await listHolders(tx, 'finance_manager'));
}

/** A card to each approver; nobody found: the admins are told loudly, and nothing passes by itself (rules §6). */
export async function askApprovers(
  tx: Tx,
  subject: ContractSubject,
  approvalId: string,
  approverIds: readonly string[],
): Promise<Notice[]> {
  const cards = approverIds.map((userId) => {
    const key = `${cardKey(subject.type, approvalId)}@${userId}`;
    const to = { user: userId };
    return subject.type === 'contract'
      ? notice({
          kind: 'contract.card',
          key,
          to,
          payload: { contractId: subject.contractId, approvalId },
        })
      : notice({
          kind: 'contract.change_card',
          key,
          to,
          payload: { changeId: subject.changeId, approvalId },
        });
  });
  const admins = cards.length > 0 ? [] : await listHolders(tx, 'admin');
  const orphan = admins.map((person) =>
    notice({
      kind: 'approval.orphan',
      key: `approval.orphan:${approvalId}@${person.id}`,
      to: { user: person.id },
      payload: { approvalId },
    }),
  );
  return [...cards, ...orphan];
}

/** Open approvals that nobody who was asked can decide any more are asked again: people, roles or managers have changed. */
export async function askAgainForOrphans(tx: Tx, ctx: SystemCtx): Promise<void> {
  const orphans = await tx.$queryRaw<
    { id: string; contractId: string; changeId: string | null; ownerId: string; by: string }[]
  >`
    SELECT a.id::text, c.id::text AS "contractId", h.id::text AS "changeId", c.owner_id::text AS "ownerId",
      a.requested_by::text AS by
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      LEFT JOIN contract_change h ON a.subject_type = 'contract_change' AND h.id = a.subject_id
      JOIN contract c ON c.id = COALESCE(h.contract_id, a.subject_id)
    WHERE a.status = 'open' AND a.subject_type IN ('contract', 'contract_change') AND NOT EXISTS (
      SELECT 1 FROM app_user u WHERE u.id = ANY(s.approver_ids) AND u.active
        AND u.roles && ${rolesFor('contract.approve')}::text[])
    ORDER BY a.id FOR UPDATE OF a`;
  for (const { id, contractId, changeId, ownerId, by } of orphans) {
    const ids = (await findApprovers(tx, ownerId, [by, ownerId])).map((one) => one.id);
    await tx.approvalStep.updateMany({
      where: { approvalId: id, decidedAt: null },
      data: { approverIds: ids },
    });
    const subject: ContractSubject =
      changeId === null
        ? { type: 'contract', contractId }
        : { type: 'contract_change', contractId, changeId };
    await leaveTraces(tx, ctx, { notices: await askApprovers(tx, subject, id, ids), homes: ids });
  }
}
