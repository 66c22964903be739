// The same company twice is a warning, never a silent second file (rules §14): same name, or same tax number.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { can } from '../access.js';
import { DomainError } from '../errors.js';
import { twinKey } from './customer.js';

/**
 * Refuses a name or tax number that another customer has, unless that very customer was looked at. Two people who enter
 * the same company at once wait here for each other.
 * @param checked codes of customers that the person says are different ones
 * @throws DomainError customer.duplicate
 */
export async function refuseTwins(
  tx: Tx,
  ctx: Ctx,
  entered: { id: string | null; name: string; taxNo: string | null },
  checked: readonly string[],
): Promise<void> {
  const name = twinKey(entered.name);
  const { taxNo } = entered;
  const keys = [`customer.name:${name}`, ...(taxNo === null ? [] : [`customer.tax:${taxNo}`])];
  // In one order, so that two people never wait in a circle.
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(key) FROM (
      SELECT DISTINCT hashtextextended(k, 0) AS key FROM unnest(${keys}::text[]) k ORDER BY key) locks`;
  const [twin] = await tx.$queryRaw<
    { id: string; code: string; owner: string; ownerId: string; by: 'name' | 'taxNo' }[]
  >`
    SELECT k.id::text, k.code, u.name AS owner, k.owner_id::text AS "ownerId",
      CASE WHEN lower(regexp_replace(normalize(k.name, NFKC), '\\s', '', 'g')) = ${name} THEN 'name' ELSE 'taxNo' END AS by
    FROM customer k JOIN app_user u ON u.id = k.owner_id
    WHERE (lower(regexp_replace(normalize(k.name, NFKC), '\\s', '', 'g')) = ${name} OR k.tax_no = ${taxNo})
      AND k.deleted_at IS NULL AND k.id IS DISTINCT FROM ${entered.id}::uuid AND k.code <> ALL(${[...checked]}::text[])
    ORDER BY by, k.id LIMIT 1`;
  if (!twin) return;
  const { code, by, owner } = twin;
  const shown = can(ctx.actor, 'record.see', twin.ownerId) ? twin.id : null;
  throw new DomainError('customer.duplicate', { code, by, owner, shown }, by);
}
