// The story of a record as the audit trail tells it, newest first: who, when, what became what (F100, rules §12). Deleted
// records have one too. Always within the reader's scope; changes nothing.
import type { ReadCtx } from '../ctx.js';
import { Prisma } from '../generated/prisma/client.js';
import { authorize, can, visibleOwners } from './access.js';
import { type AuditChange, changesOf, idsIn } from './audit-changes.js';
import { DomainError } from './errors.js';
import { PAGE_SIZE, pageOf } from './page.js';
import { findReceiptId } from './receipts/receipt.queries.js';
import { findUnclaimed } from './receipts/unclaimed.queries.js';

/** `settings`: the company's, with its templates, departments and people; its id is the company's. */
export const AUDIT_KINDS = [
  'contract',
  'instalment',
  'receipt',
  'unclaimed',
  'customer',
  'settings',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];
export interface AuditSubject {
  readonly kind: AuditKind;
  readonly id: string;
}

export interface AuditStoryEntry {
  readonly at: Date;
  /** Null: the system. */
  readonly who: string | null;
  /** Past tense: receipt.approved. */
  readonly action: string;
  /** Of a contract's story: the number of the instalment it is about. */
  readonly seq: number | null;
  /** The row it is about, by id: of an instalment's story also receipts. */
  readonly about: string;
  readonly changes: readonly AuditChange[];
}

export interface AuditStory {
  readonly subject: AuditSubject;
  /** HT-2026-0012, HK-…, KH-0001; of an instalment its contract's. */
  readonly number: string;
  readonly name: string;
  readonly seq: number | null;
  readonly currency: string;
  readonly entries: readonly AuditStoryEntry[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** People, receipts, customers that changes mention by id; instalments, by their contract and place. */
  readonly names: ReadonlyMap<string, string>;
  readonly rows: ReadonlyMap<string, { readonly contract: string; readonly n: number }>;
}

/** Entries `a` about credit limits, and what was asked about them: all that is approved of a customer. */
export const ABOUT_LIMITS = Prisma.sql`(a.action LIKE 'customer.limit%' OR a.subject_type = 'customer' AND a.action LIKE 'approval.%')`;

type Head = Pick<AuditStory, 'number' | 'name' | 'seq' | 'currency'>;

/** `HT-2026-0012 #2`, `HT-2026-0012 第2期`: a contract's instalment. */
const INSTALMENT = /^(.+?)\s*(?:#\s*|第\s*|\s)(\d{1,3})\s*期?$/;

const SETTINGS = /^(settings?|设置)$/iu;

/** What a number (or a customer's name) names in the reader's scope; null for nothing. */
export async function findAuditSubject(ctx: ReadCtx, ref: string): Promise<AuditSubject | null> {
  const text = ref.normalize('NFKC').trim();
  if (SETTINGS.test(text) && ownedBy(ctx).ownerId === undefined) {
    const { id } = await ctx.db.company.findFirstOrThrow({ select: { id: true } });
    return { kind: 'settings', id };
  }
  const named = await findContract(ctx, text);
  if (named) return { kind: 'contract', id: named };
  const [, number, seq] = INSTALMENT.exec(text) ?? [];
  const contractId = number === undefined ? null : await findContract(ctx, number);
  if (contractId !== null) {
    const row = await ctx.db.instalment.findFirst({ where: { contractId, seq: Number(seq) } });
    return row && { kind: 'instalment', id: row.id };
  }
  const receiptId = await findReceiptId(ctx, { number: text.toUpperCase() });
  if (receiptId !== null) return { kind: 'receipt', id: receiptId };
  const money = await findUnclaimed(ctx, { number: text.toUpperCase() });
  if (money) return { kind: 'unclaimed', id: money.id };
  const customer = await ctx.db.customer.findFirst({
    where: {
      ...ownedBy(ctx),
      OR: [{ code: { equals: text, mode: 'insensitive' } }, { name: text }],
    },
    orderBy: [{ deletedAt: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }],
  });
  return customer && { kind: 'customer', id: customer.id };
}

const ownedBy = ({ actor }: ReadCtx): { ownerId?: { in: string[] } } => {
  const owners = visibleOwners(actor, 'audit.see');
  return owners === 'all' ? {} : { ownerId: { in: [...owners] } };
};

async function findContract(ctx: ReadCtx, number: string): Promise<string | null> {
  const row = await ctx.db.contract.findFirst({
    where: { ...ownedBy(ctx), number: { equals: number, mode: 'insensitive' } },
    select: { id: true },
  });
  return row?.id ?? null;
}

/**
 * One page (20 entries); a page beyond the last is the last.
 * @throws DomainError role.missing; not_found, also where it lies outside the reader's scope
 */
export async function findAuditStory(ctx: ReadCtx, subject: AuditSubject, asked = 1): Promise<AuditStory> {
  authorize(ctx.actor, 'audit.see');
  const head = await loadHead(ctx, subject);
  if (!head) throw new DomainError('not_found', { ref: '' });
  // As on the card and in the history: a customer's limit is not for everybody (rules §12).
  const seesCredit = can(ctx.actor, 'credit.see');
  const parts = partsOf(subject, await claimsOf(ctx, subject));
  const told = seesCredit ? Prisma.empty : Prisma.sql`AND NOT ${ABOUT_LIMITS}`;
  const [counted] = await ctx.db.$queryRaw<{ total: number }[]>`
    SELECT COUNT(*)::int AS total FROM (${parts}) s
    JOIN audit_log a ON a.subject_type = s.type AND a.subject_id = s.id ${told}`;
  const total = counted?.total ?? 0;
  const { page, pages } = pageOf(total, asked);
  const lines = await ctx.db.$queryRaw<
    {
      at: Date;
      who: string | null;
      action: string;
      seq: number | null;
      about: string;
      before: Record<string, unknown> | null;
      after: Record<string, unknown> | null;
    }[]
  >`
    SELECT a.at, u.name AS who, a.action, s.seq, a.subject_id::text AS about, a.before, a.after FROM (${parts}) s
    JOIN audit_log a ON a.subject_type = s.type AND a.subject_id = s.id ${told}
    LEFT JOIN app_user u ON u.id = a.actor_id
    ORDER BY a.at DESC, a.id DESC LIMIT ${PAGE_SIZE} OFFSET ${(page - 1) * PAGE_SIZE}`;
  return {
    subject,
    ...head,
    entries: lines.map(({ before, after, ...line }) => ({
      ...line,
      changes: changesOf(before, after).filter((change) => seesCredit || change.field !== 'creditLimit'),
    })),
    total,
    page,
    pages,
    names: await namesOf(ctx, idsIn(lines)),
    rows: await rowsOf(ctx, idsIn(lines)),
  };
}

async function loadHead(ctx: ReadCtx, { kind, id }: AuditSubject): Promise<Head | null> {
  switch (kind) {
    case 'contract': {
      const row = await ctx.db.contract.findFirst({ where: { id, ...ownedBy(ctx) } });
      return row && { number: row.number, name: row.name, seq: null, currency: row.currency };
    }
    case 'instalment': {
      const row = await ctx.db.instalment.findFirst({
        where: { id, ...ownedBy(ctx) },
        include: { contract: true },
      });
      return row && { number: row.contract.number, name: row.name, seq: row.seq, currency: row.currency };
    }
    case 'receipt': {
      if ((await findReceiptId(ctx, { id })) !== id) return null;
      const row = await ctx.db.receipt.findUniqueOrThrow({ where: { id }, include: { customer: true } });
      return { number: row.number, name: row.customer.name, seq: null, currency: row.currency };
    }
    case 'unclaimed': {
      const money = await findUnclaimed(ctx, { id });
      return (
        money && { number: money.number, name: money.payerName ?? '', seq: null, currency: money.currency }
      );
    }
    case 'customer': {
      const row = await ctx.db.customer.findFirst({ where: { id, ...ownedBy(ctx) } });
      // What its credit limit is in.
      const company = await ctx.db.company.findFirstOrThrow({ select: { baseCurrency: true } });
      return row && { number: row.code, name: row.name, seq: null, currency: company.baseCurrency };
    }
    case 'settings': {
      if (ownedBy(ctx).ownerId !== undefined) return null;
      const row = await ctx.db.company.findUnique({ where: { id } });
      return row && { number: '', name: row.name, seq: null, currency: row.baseCurrency };
    }
  }
}

/** The rows whose entries belong to the story: (type, id, seq). */
function partsOf({ kind, id }: AuditSubject, claims: readonly string[]): Prisma.Sql {
  const self = Prisma.sql`SELECT ${kind}::text AS type, ${id}::uuid AS id, NULL::int AS seq`;
  switch (kind) {
    case 'contract':
      return Prisma.sql`${self} UNION ALL SELECT 'instalment', i.id, i.seq FROM instalment i WHERE i.contract_id = ${id}::uuid
        UNION ALL SELECT 'case', k.id, i.seq FROM instalment i JOIN escalation_case k ON k.instalment_id = i.id
        WHERE i.contract_id = ${id}::uuid ${moneyOf(Prisma.sql`i.contract_id = ${id}::uuid`)}`;
    case 'instalment':
      return Prisma.sql`${self} UNION ALL SELECT 'case', k.id, NULL FROM escalation_case k WHERE k.instalment_id = ${id}::uuid
        ${moneyOf(Prisma.sql`i.id = ${id}::uuid`)}`;
    case 'receipt':
      return Prisma.sql`${self} UNION ALL SELECT 'receipt', r.id, NULL FROM receipt r WHERE r.reverses_id = ${id}::uuid`;
    case 'unclaimed':
      // What was made of it, as far as the reader sees that.
      return Prisma.sql`${self} UNION ALL SELECT 'receipt', x.id, NULL FROM unnest(${[...claims]}::uuid[]) AS x(id)`;
    case 'customer':
      // With the files that became this one.
      return Prisma.sql`${self} UNION ALL SELECT 'customer', k.id, NULL FROM customer k WHERE k.merged_into_id = ${id}::uuid`;
    case 'settings':
      return Prisma.sql`SELECT DISTINCT l.subject_type AS type, l.subject_id AS id, NULL::int AS seq FROM audit_log l
        WHERE l.subject_type IN ('company', 'template', 'department', 'member')`;
  }
}

/** The money that was ever meant for rows `i`: a part that came in or went is told by its receipt alone. */
const moneyOf = (where: Prisma.Sql): Prisma.Sql => Prisma.sql`
  UNION ALL SELECT DISTINCT 'receipt', r.id, NULL::int FROM receipt r
    JOIN allocation a ON a.receipt_id IN (r.id, r.reverses_id) JOIN instalment i ON i.id = a.instalment_id WHERE ${where}`;

/** Receipts that claimed this money, and what was taken back of them, as far as the reader sees them. */
async function claimsOf(ctx: ReadCtx, { kind, id }: AuditSubject): Promise<string[]> {
  if (kind !== 'unclaimed') return [];
  const where = { OR: [{ unclaimedId: id }, { reverses: { unclaimedId: id } }] };
  const found = await ctx.db.receipt.findMany({ where, select: { id: true } });
  const seen = await Promise.all(found.map((one) => findReceiptId(ctx, { id: one.id })));
  return found.filter((_, index) => seen[index] !== null).map((one) => one.id);
}

async function namesOf(ctx: ReadCtx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const wanted = Prisma.sql`ANY(${[...new Set(ids)]}::uuid[])`;
  const found = await ctx.db.$queryRaw<{ id: string; name: string }[]>`
    SELECT u.id::text, u.name FROM app_user u WHERE u.id = ${wanted}
    UNION ALL SELECT c.id::text, c.number FROM contract c WHERE c.id = ${wanted}
    UNION ALL SELECT r.id::text, r.number FROM receipt r WHERE r.id = ${wanted}
    UNION ALL SELECT m.id::text, m.number FROM unclaimed_money m WHERE m.id = ${wanted}
    UNION ALL SELECT k.id::text, k.name FROM customer k WHERE k.id = ${wanted}
    UNION ALL SELECT d.id::text, d.name FROM department d WHERE d.id = ${wanted}
    UNION ALL SELECT p.id::text, p.name FROM plan_template p WHERE p.id = ${wanted}`;
  return new Map(found.map(({ id, name }) => [id, name]));
}

async function rowsOf(ctx: ReadCtx, ids: readonly string[]): Promise<AuditStory['rows']> {
  const found = await ctx.db.instalment.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, seq: true, contract: { select: { number: true } } },
  });
  return new Map(found.map(({ id, seq, contract }) => [id, { contract: contract.number, n: seq }]));
}
