// Finds the people of a step: whom it asks, who may decide it, and in whose place (rules §6).
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can, type Role, rolesFor, scopeOf } from '../access.js';
import { mayStandIn, UNDECIDING } from '../members/delegate.js';
import { findPeople, listHolders, listManagerChain, type Person } from '../members/member.queries.js';
import { type Candidate, type FlowStep, isInvolved, rolesInPlace } from './approval.js';
import { type SubjectType, subjectRow } from './subjects.js';

/** Whom a step asks: `ids` stand in the step beside its roles, `people` are all who are asked now. */
export interface AskedPeople {
  readonly ids: readonly string[];
  readonly people: readonly Person[];
}

/**
 * Resolves a step: named people, the owner's nearest manager, holders of its roles; without whoever is out. Where
 * nobody is left, those in their place; where there is nobody either, the list is empty and never passes by itself.
 */
export async function findAsked(
  tx: Tx,
  type: SubjectType,
  step: FlowStep,
  where: { ownerId: string | null; out: readonly (string | null)[] },
): Promise<AskedPeople> {
  const free = (people: readonly Person[]) => people.filter((one) => !isInvolved(one.id, where.out));
  const { people: named, roles } = step;
  const plain = roles.filter((role): role is Exclude<typeof role, 'manager'> => role !== 'manager');
  const manager = roles.includes('manager') ? await nearestManager(tx, where) : [];
  const direct = [...(named.length > 0 ? await activePeople(tx, named) : []), ...manager];
  const holders = plain.length > 0 ? await listHolders(tx, ...plain) : [];
  const people = distinct(free([...direct, ...holders]));
  if (people.length > 0) {
    const ids = step.mode === 'all' ? people : free(direct);
    return { ids: distinct(ids).map((one) => one.id), people };
  }
  for (const role of rolesInPlace(roles, rolesFor(subjectRow(type).action))) {
    const others = free(await listHolders(tx, role));
    if (others.length > 0) return { ids: others.map((one) => one.id), people: others };
  }
  return { ids: [], people: [] };
}

const distinct = (people: readonly Person[]): Person[] => [
  ...new Map(people.map((one) => [one.id, one])).values(),
];

async function activePeople(tx: Tx, ids: readonly string[]): Promise<Person[]> {
  const active = await tx.user.findMany({
    where: { id: { in: [...ids] }, active: true },
    select: { id: true },
  });
  const people = await findPeople(
    tx,
    active.map((one) => one.id),
  );
  return [...people.values()];
}

async function nearestManager(
  tx: Tx,
  { ownerId, out }: { ownerId: string | null; out: readonly (string | null)[] },
): Promise<Person[]> {
  if (ownerId === null) return [];
  const chain = await listManagerChain(tx, ownerId);
  const leads = (roles: readonly string[]) =>
    roles.includes('sales_manager') || roles.includes('sales_director');
  const nearest = chain.find((one) => leads(one.roles) && !isInvolved(one.id, out));
  return nearest ? [nearest] : [];
}

/** Somebody who gave another their decisions until today or later. */
export interface Giver {
  readonly id: string;
  readonly roles: readonly string[];
}

/** Who gave the actor their decisions, as JSON: a query within another one. */
export const giversOf = ({ actor, today }: Ctx) => Prisma.sql`
  SELECT COALESCE(jsonb_agg(jsonb_build_object('id', g.id, 'roles', g.roles) ORDER BY g.id), '[]') FROM app_user g
  WHERE g.active AND g.delegate_id = ${actor.id}::uuid AND g.delegate_until >= ${today}::date`;

/** The actor, and those who gave them their decisions, as a step looks at them. */
export async function findCandidates(
  tx: Tx,
  ctx: Ctx,
  type: SubjectType,
  ownerId: string | null,
  givers: readonly Giver[],
): Promise<{ actor: Candidate; principals: Candidate[] }> {
  const { action } = subjectRow(type);
  const above =
    givers.length > 0 && ownerId !== null ? (await listManagerChain(tx, ownerId)).map((one) => one.id) : [];
  const principals = (mayStandIn(ctx.actor.roles) ? givers : []).map(({ id, roles }) => {
    const scope = scopeOf({ roles: roles as Role[] }, action);
    const leads = scope === 'all' || (scope === 'team' && above.includes(id));
    return { id, roles, leads, may: scope !== null };
  });
  const leads = can(ctx.actor, action, ownerId ?? undefined);
  const { id, roles } = ctx.actor;
  return { actor: { id, roles, leads, may: scopeOf(ctx.actor, action) !== null }, principals };
}

/** Of these people, who decides in whose place today. */
export async function listDelegates(
  tx: Tx,
  ctx: SystemCtx,
  ids: readonly string[],
): Promise<{ id: string; delegateId: string }[]> {
  return tx.$queryRaw<{ id: string; delegateId: string }[]>`
    SELECT g.id::text, d.id::text AS "delegateId" FROM app_user g JOIN app_user d ON d.id = g.delegate_id AND d.active
      AND NOT d.roles <@ ${[...UNDECIDING]}::text[]
    WHERE g.id = ANY(${[...ids]}::uuid[]) AND g.delegate_until >= ${ctx.today}::date ORDER BY g.id`;
}

/** Whether the actor is the company's only finance user and may decide what they recorded (rules §6). */
export async function isSolo(tx: Tx, ctx: Ctx, type: SubjectType): Promise<boolean> {
  if (!ctx.company.settings.soloMode || subjectRow(type).place !== 'finance') return false;
  const finance = await listHolders(tx, 'finance', 'finance_manager');
  return finance.length === 1 && finance[0]?.id === ctx.actor.id;
}
