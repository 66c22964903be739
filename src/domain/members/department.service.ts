// Departments: made, changed and removed by admins (F98, F99; rules §12). Who heads one sees the rows of its people.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { isUniqueViolation, transact } from '../../db/transact.js';
import type { Department } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { askAgainForOrphans, listStuck, type Stuck } from '../approvals/ask-again.service.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { markHomesStale } from '../notices/outbox.service.js';
import { claimRequest } from '../requests.service.js';
import { conflictOn } from '../versions.service.js';

export interface DepartmentInput {
  /** Null for a new one. */
  readonly id: string | null;
  readonly version: number;
  readonly name: string;
  readonly parentId: string | null;
  readonly directorId: string | null;
}

/**
 * Makes or changes a department.
 * @throws DomainError department.duplicate, department.cycle, not_found, version.conflict, access.denied
 */
export async function saveDepartment(ctx: Ctx, input: DepartmentInput): Promise<Department> {
  authorize(ctx.actor, 'settings.edit');
  try {
    return await transact(ctx.db, (tx) => save(tx, ctx, input));
  } catch (error) {
    if (!isUniqueViolation(error, 'department_name_key')) throw error;
    throw new DomainError('department.duplicate', { name: input.name }, 'name');
  }
}

async function save(tx: Tx, ctx: Ctx, input: DepartmentInput): Promise<Department> {
  const id = input.id ?? newId(ctx.now);
  await lockTree(tx);
  const made = { reference: input.name, subjectType: 'department', subjectId: id };
  await claimRequest(tx, ctx, 'department.save', made);
  const before = input.id === null ? null : await loadUnchanged(tx, input.id, input.version);
  await checkPlace(tx, id, input);
  const facts = factsOf(input);
  const stuck = await listStuck(tx);
  const after = before
    ? await tx.department.update({
        where: { id },
        data: { ...facts, version: { increment: 1 }, updatedAt: ctx.now },
      })
    : await tx.department.create({ data: { ...facts, id, createdAt: ctx.now, updatedAt: ctx.now } });
  await recordAudit(tx, ctx, {
    action: before ? 'department.changed' : 'department.created',
    subjectType: 'department',
    subjectId: id,
    ...(before && { before: factsOf(before) }),
    after: facts,
  });
  await followTree(tx, ctx, [before?.directorId ?? null, after.directorId], stuck);
  return after;
}

/**
 * Removes a department that has nobody in it and nothing below it.
 * @throws DomainError department.in_use, not_found, version.conflict, access.denied
 */
export async function removeDepartment(ctx: Ctx, id: string, version: number): Promise<Department> {
  authorize(ctx.actor, 'settings.edit');
  return transact(ctx.db, async (tx) => {
    await lockTree(tx);
    const before = await loadUnchanged(tx, id, version);
    const people = await tx.user.count({ where: { departmentId: id } });
    const children = await tx.department.count({ where: { parentId: id } });
    if (people + children > 0) {
      throw new DomainError('department.in_use', { name: before.name, people, children });
    }
    await tx.department.delete({ where: { id } });
    await recordAudit(tx, ctx, {
      action: 'department.removed',
      subjectType: 'department',
      subjectId: id,
      before: factsOf(before),
    });
    await followTree(tx, ctx, [before.directorId]);
    return before;
  });
}

const factsOf = ({ name, parentId, directorId }: Omit<DepartmentInput, 'id' | 'version'>) => ({
  name,
  parentId,
  directorId,
});

/** One change of the tree at a time, together with changes of members: a circle takes two. */
async function lockTree(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.members'))`;
}

async function loadUnchanged(tx: Tx, id: string, version: number): Promise<Department> {
  const present = await tx.department.findUnique({ where: { id } });
  if (!present) throw new DomainError('not_found', { ref: '' });
  if (present.version === version) return present;
  throw conflictOn(present);
}

async function checkPlace(tx: Tx, id: string, { parentId, directorId }: DepartmentInput): Promise<void> {
  if (directorId !== null && !(await tx.user.findUnique({ where: { id: directorId } }))) {
    throw new DomainError('not_found', { ref: '' }, 'directorId');
  }
  if (parentId === null) return;
  const above = await tx.$queryRaw<{ id: string; name: string }[]>`
    WITH RECURSIVE up AS (
      SELECT d.id, d.name, d.parent_id FROM department d WHERE d.id = ${parentId}::uuid
      UNION
      SELECT d.id, d.name, d.parent_id FROM department d JOIN up ON d.id = up.parent_id)
    SELECT id::text, name FROM up`;
  const parent = above.find((one) => one.id === parentId);
  if (!parent) throw new DomainError('not_found', { ref: '' }, 'parentId');
  if (above.some((one) => one.id === id)) {
    throw new DomainError('department.cycle', { name: parent.name }, 'parentId');
  }
}

/** Who sees and decides what follows from the tree: what waits for nobody is asked again, Homes are drawn anew. */
async function followTree(
  tx: Tx,
  ctx: Ctx,
  directorIds: readonly (string | null)[],
  stuck: readonly Stuck[] = [],
): Promise<void> {
  await askAgainForOrphans(tx, ctx, null, stuck);
  await markHomesStale(tx, directorIds);
}
