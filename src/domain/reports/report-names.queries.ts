// Names of what a report is narrowed to, and the contracts and departments to choose from. What lies outside the reader's
// scope has no name, and no report (rules §12). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { DomainError } from '../errors.js';
import { findFilterNames, type Named } from '../lists/filter-names.queries.js';
import { byName } from '../name-order.js';
import { likePattern } from '../search.js';
import type { ReportQuery } from './report.js';

export interface ReportNames {
  readonly customer: Named | null;
  readonly contract: Named | null;
  readonly owner: Named | null;
  readonly department: Named | null;
}
export const NO_NAMES: ReportNames = { customer: null, contract: null, owner: null, department: null };

/** @throws DomainError not_found for what the reader may not see, as for what is not there */
export async function findReportNames(ctx: ReadCtx, query: ReportQuery): Promise<ReportNames> {
  const { contractId, departmentId } = query;
  const [{ customer, owner }, [contract = null], [department = null]] = await Promise.all([
    findFilterNames(ctx, query),
    contractId === undefined ? [] : findContractNames(ctx, Prisma.sql`c.id = ${contractId}::uuid`),
    departmentId === undefined ? [] : findDepartmentNames(ctx, Prisma.sql`d.id = ${departmentId}::uuid`),
  ]);
  const names = { customer, contract, owner, department };
  const asked = [query.customerId, contractId, query.ownerId, departmentId].filter((id) => id !== undefined);
  const found = Object.values(names).filter((name) => name !== null);
  if (found.length < asked.length) throw new DomainError('not_found', { ref: '' });
  return names;
}

/** At most 100 contracts in the reader's scope whose number or name holds the words, the newest first. */
export const findContractChoices = (ctx: ReadCtx, words: string): Promise<Named[]> =>
  findContractNames(ctx, Prisma.sql`lower(c.number || ' ' || c.name) LIKE ${likePattern(words)}`);

/** At most 100 departments whose people's records the reader may see. */
export const findDepartmentChoices = (ctx: ReadCtx, words: string): Promise<Named[]> =>
  findDepartmentNames(ctx, Prisma.sql`lower(d.name) LIKE ${likePattern(words)}`);

function findContractNames({ db, actor }: ReadCtx, where: Prisma.Sql): Promise<Named[]> {
  const owners = visibleOwners(actor);
  const mine = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`c.owner_id = ANY(${[...owners]}::uuid[])`;
  return db.$queryRaw`
    SELECT c.id::text, c.number || ' · ' || c.name AS name FROM contract c
    WHERE c.deleted_at IS NULL AND ${mine} AND ${where} ORDER BY c.created_at DESC, c.id DESC LIMIT 100`;
}

/** A department is seen by whoever sees all, or somebody in it or below it. */
async function findDepartmentNames({ db, actor }: ReadCtx, where: Prisma.Sql): Promise<Named[]> {
  const owners = visibleOwners(actor);
  const seen =
    owners === 'all'
      ? Prisma.sql`TRUE`
      : Prisma.sql`d.id IN (
          WITH RECURSIVE up(id) AS (
            SELECT u.department_id FROM app_user u WHERE u.id = ANY(${[...owners]}::uuid[])
            UNION SELECT p.parent_id FROM department p JOIN up ON up.id = p.id)
          SELECT up.id FROM up)`;
  const found = await db.$queryRaw<Named[]>`
    SELECT d.id::text, d.name FROM department d WHERE ${seen} AND ${where} ORDER BY d.name, d.id LIMIT 100`;
  return byName(found);
}
