// What exports show beyond the rows of a list: everything that was entered, so that a file can be read elsewhere, or brought
// in again. Of ids whose scope was checked; what hangs on them beyond the reader's scope stays out. Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can, visibleOwners } from '../access.js';
import { type CustomerContact, customerContact } from '../customers/customer.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';

export interface CustomerFacts {
  readonly type: string | null;
  readonly industry: string | null;
  readonly contacts: readonly CustomerContact[];
  readonly address: string | null;
  readonly taxTitle: string | null;
  readonly bank: string | null;
  readonly bankAccount: string | null;
  readonly defaultTermDays: number | null;
  readonly templateCode: string | null;
  readonly relatedPayers: readonly string[];
  /** Minor units of the base currency; null also for whoever does not see limits. */
  readonly creditLimit: bigint | null;
  readonly remark: string | null;
}

export interface ContractFacts {
  readonly contractAmount: bigint;
  readonly type: string;
  readonly signedOn: LocalDate | null;
  readonly startsOn: LocalDate | null;
  readonly endsOn: LocalDate | null;
  /** When it happened, or is expected. */
  readonly shipmentOn: LocalDate | null;
  readonly acceptanceOn: LocalDate | null;
  readonly warrantyEndOn: LocalDate | null;
  readonly paymentMethod: string | null;
  readonly financeOwnerName: string | null;
  readonly frameworkNumber: string | null;
  readonly contractRemark: string | null;
  /** What its open instalments lack: nothing of what is written off, void or not planned, as its card says. */
  readonly contractOpen: bigint;
  /** Of its open instalments, what is overdue today. */
  readonly overdue: bigint;
}

export interface PlanFacts {
  readonly plannedMethod: string | null;
  readonly remindDaysAhead: number;
  readonly originalDueOn: LocalDate | null;
  readonly remark: string | null;
}

export interface ReceiptFacts {
  readonly kind: string;
  /** What counts of it: nothing before it is approved, less what was reversed or refunded afterwards. */
  readonly net: bigint;
  /** That it was recorded on, or whose instalments alone it pays. */
  readonly contractNumber: string | null;
  readonly remark: string | null;
}

type Stored<T> = { id: string } & {
  [K in keyof T]: T[K] extends LocalDate | null ? Date | null : T[K];
};
const dayOf = (date: Date | null): LocalDate | null => date && fromUtcDate(date);
const byId = <T extends { id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

export async function readCustomerFacts(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<Map<string, CustomerFacts>> {
  const rows = await ctx.db.customer.findMany({
    where: { id: { in: [...ids] } },
    include: { defaultTemplate: { select: { code: true } } },
  });
  const seesCredit = can(ctx.actor, 'credit.see');
  return byId(
    rows.map(({ defaultTemplate, contacts, creditLimit, ...row }) => ({
      ...row,
      contacts: customerContact.array().parse(contacts),
      templateCode: defaultTemplate?.code ?? null,
      creditLimit: seesCredit ? creditLimit : null,
    })),
  );
}

export async function readContractFacts(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<Map<string, ContractFacts>> {
  const milestone = (kind: string) =>
    Prisma.sql`(SELECT COALESCE(m.actual_on, m.expected_on) FROM milestone m WHERE m.contract_id = c.id AND m.kind = ${kind})`;
  const rows = await ctx.db.$queryRaw<Stored<ContractFacts>[]>`
    SELECT c.id::text, c.amount AS "contractAmount", c.type, c.signed_on AS "signedOn", c.starts_on AS "startsOn",
      c.ends_on AS "endsOn", ${milestone('shipment')} AS "shipmentOn", ${milestone('acceptance')} AS "acceptanceOn",
      ${milestone('warranty_end')} AS "warrantyEndOn", c.payment_method AS "paymentMethod", f.name AS "financeOwnerName",
      p.number AS "frameworkNumber", c.remark AS "contractRemark",
      o.open AS "contractOpen", o.overdue
    FROM contract c LEFT JOIN app_user f ON f.id = c.finance_owner_id
    CROSS JOIN LATERAL (
      SELECT COALESCE(SUM(i.outstanding), 0)::bigint AS open,
        COALESCE(SUM(i.outstanding) FILTER (WHERE i.effective_due < ${ctx.today}::date), 0)::bigint AS overdue
      FROM instalment i WHERE i.contract_id = c.id AND i.lifecycle = 'open') o
    LEFT JOIN contract p ON p.id = c.parent_contract_id AND ${isVisible(ctx, 'p')}
    WHERE c.id = ANY(${[...ids]}::uuid[])`;
  return byId(
    rows.map(({ signedOn, startsOn, endsOn, shipmentOn, acceptanceOn, warrantyEndOn, ...row }) => ({
      ...row,
      signedOn: dayOf(signedOn),
      startsOn: dayOf(startsOn),
      endsOn: dayOf(endsOn),
      shipmentOn: dayOf(shipmentOn),
      acceptanceOn: dayOf(acceptanceOn),
      warrantyEndOn: dayOf(warrantyEndOn),
    })),
  );
}

export async function readPlanFacts(ctx: ReadCtx, ids: readonly string[]): Promise<Map<string, PlanFacts>> {
  const rows = await ctx.db.instalment.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, plannedMethod: true, remindDaysAhead: true, originalDueOn: true, remark: true },
  });
  return byId(rows.map(({ originalDueOn, ...row }) => ({ ...row, originalDueOn: dayOf(originalDueOn) })));
}

export async function readReceiptFacts(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<Map<string, ReceiptFacts>> {
  const rows = await ctx.db.$queryRaw<(ReceiptFacts & { id: string })[]>`
    SELECT r.id::text, r.kind::text, r.remark, (CASE WHEN r.status IN ('approved', 'partly_reversed')
        THEN r.amount - COALESCE((SELECT SUM(m.amount) FROM receipt m WHERE m.reverses_id = r.id AND m.status = 'approved'), 0)
        ELSE 0 END)::bigint AS net, COALESCE(c.number, (
        SELECT CASE WHEN COUNT(DISTINCT n.id) = 1 THEN MIN(n.number) END FROM allocation a
        JOIN instalment i ON i.id = a.instalment_id JOIN contract n ON n.id = i.contract_id AND ${isVisible(ctx, 'n')}
        WHERE a.receipt_id = r.id AND a.status <> 'released')) AS "contractNumber"
    FROM receipt r LEFT JOIN contract c ON c.id = r.contract_id AND ${isVisible(ctx, 'c')}
    WHERE r.id = ANY(${[...ids]}::uuid[])`;
  return byId(rows);
}

function isVisible(ctx: ReadCtx, alias: 'c' | 'n' | 'p'): Prisma.Sql {
  const owners = visibleOwners(ctx.actor);
  return owners === 'all'
    ? Prisma.sql`TRUE`
    : Prisma.sql`${Prisma.raw(alias)}.owner_id = ANY(${[...owners]}::uuid[])`;
}
