// Whose a contract is (F19): its maker's, or named by whoever leads that person. Changing it is give-contract.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { Contract, User } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { DomainError } from '../errors.js';
import { MAY_OWN } from '../members/member.js';
import { type Notice, notice } from '../notices/notice.js';

/** Whom a new contract is for: somebody, or (null) whoever owns its customer. */
export interface WantedOwner {
  readonly id: string | null;
}

/**
 * Whose a new contract is: the actor's unless they lead others and mean one of them. A customer's owner who cannot own
 * leaves it with the actor. @throws DomainError access.denied, choice.unknown
 */
export async function decideContractOwner(
  db: Db | Tx,
  ctx: Ctx,
  customerOwnerId: string,
  wanted: WantedOwner | undefined,
): Promise<string> {
  const { actor } = ctx;
  if (!wanted || wanted.id === actor.id) return actor.id;
  const id = wanted.id ?? customerOwnerId;
  const person = await db.user.findUnique({ where: { id } });
  if (wanted.id === null) {
    const fits = person !== null && mayOwn(person) && can(actor, 'contract.assign', id);
    return fits ? id : actor.id;
  }
  authorize(actor, 'contract.assign', id);
  if (!person || !mayOwn(person)) throw new DomainError('choice.unknown', { value: '' }, 'owner');
  return id;
}

/** Active, and one who sells. */
export const mayOwn = (person: Pick<User, 'active' | 'roles'>): boolean =>
  person.active && MAY_OWN.some((role) => person.roles.includes(role));

/** To whom it belongs now and who had it, but not to who did it. */
export const assignedNotices = (ctx: Ctx, contract: Contract, owners: readonly string[]): Notice[] =>
  [...new Set(owners)]
    .filter((userId) => userId !== ctx.actor.id)
    .map((userId) =>
      notice({
        kind: 'contract.changed',
        key: `contract.assigned:${contract.id}:${contract.version}@${userId}`,
        to: { user: userId },
        payload: { contractId: contract.id, event: 'assigned', byId: ctx.actor.id },
      }),
    );
