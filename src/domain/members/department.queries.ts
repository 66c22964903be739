// Reads the departments as the settings show them. Admins only.
import type { Ctx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { byName } from '../name-order.js';
import { PAGE_SIZE } from '../page.js';
import { likePattern } from '../search.js';

export interface DepartmentRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly parent: { readonly id: string; readonly name: string } | null;
  readonly director: { readonly id: string; readonly name: string; readonly slackUserId: string } | null;
  /** Active members, and departments right below. */
  readonly people: number;
  readonly children: number;
  /** 0 for one without a parent. */
  readonly level: number;
}

export interface DepartmentPage {
  readonly rows: readonly DepartmentRow[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** One page (20) of the tree, parents before what is below them. @throws DomainError access.denied */
export async function findDepartments(ctx: Ctx, page = 1): Promise<DepartmentPage> {
  authorize(ctx.actor, 'settings.edit');
  const total = await ctx.db.department.count();
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const number = Math.min(Math.max(1, page), pages);
  const rows = await selectDepartments(
    ctx,
    Prisma.sql`TRUE`,
    Prisma.sql`LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`,
  );
  return { rows, total, page: number, pages };
}

/** One department, or null. @throws DomainError access.denied */
export async function findDepartment(ctx: Ctx, id: string): Promise<DepartmentRow | null> {
  authorize(ctx.actor, 'settings.edit');
  const [row] = await selectDepartments(ctx, Prisma.sql`t.id = ${id}::uuid`, Prisma.sql`LIMIT 1`);
  return row ?? null;
}

/** At most 100 departments whose name holds the words, for a select. @throws DomainError access.denied */
export async function findDepartmentOptions(
  ctx: Ctx,
  words: string,
): Promise<{ id: string; name: string }[]> {
  authorize(ctx.actor, 'settings.edit');
  const found = await ctx.db.$queryRaw<{ id: string; name: string }[]>`
    SELECT d.id::text, d.name FROM department d WHERE lower(d.name) LIKE ${likePattern(words)}
    ORDER BY d.name LIMIT 100`;
  return byName(found);
}

interface RawDepartment extends Omit<DepartmentRow, 'parent' | 'director'> {
  parentId: string | null;
  parentName: string | null;
  directorId: string | null;
  directorName: string | null;
  directorSlackId: string | null;
}

async function selectDepartments(ctx: Ctx, where: Prisma.Sql, limit: Prisma.Sql): Promise<DepartmentRow[]> {
  const found = await ctx.db.$queryRaw<RawDepartment[]>`
    WITH RECURSIVE t AS (
      SELECT d.id, 0 AS level, ARRAY[d.name] AS path FROM department d WHERE d.parent_id IS NULL
      UNION ALL
      SELECT d.id, t.level + 1, t.path || d.name FROM t JOIN department d ON d.parent_id = t.id)
    SELECT d.id::text, d.version, d.name, t.level, d.parent_id::text AS "parentId", p.name AS "parentName",
      u.id::text AS "directorId", u.name AS "directorName", u.slack_user_id AS "directorSlackId",
      (SELECT COUNT(*)::int FROM app_user m WHERE m.department_id = d.id AND m.active) AS people,
      (SELECT COUNT(*)::int FROM department c WHERE c.parent_id = d.id) AS children
    FROM t JOIN department d ON d.id = t.id LEFT JOIN department p ON p.id = d.parent_id
    LEFT JOIN app_user u ON u.id = d.director_id
    WHERE ${where} ORDER BY t.path, d.id ${limit}`;
  return found.map(({ parentId, parentName, directorId, directorName, directorSlackId, ...row }) => ({
    ...row,
    parent: parentId === null || parentName === null ? null : { id: parentId, name: parentName },
    director:
      directorId === null || directorName === null || directorSlackId === null
        ? null
        : { id: directorId, name: directorName, slackUserId: directorSlackId },
  }));
}
