// Seals the audit trail into a hash chain and checks it. A job seals in the order in which rows are found committed, so
// that writers never wait for each other; what is not sealed yet is reported as the tail.
import { createHash } from 'node:crypto';
import type { SystemCtx } from '../ctx.js';
import type { Db } from '../db/client.js';
import { transact } from '../db/transact.js';

/** An audit row as it is hashed. */
interface SealableRow {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
}

const SEALS_A_BATCH = 500;
const ROWS_A_PAGE = 1_000;
/** What the first seal follows. */
export const FIRST_HASH = '0'.repeat(64);

/** The hash of a row that follows `previous`: every field counts, objects with their keys in order. */
export function sealHash(previous: string, row: SealableRow): string {
  const fields = [
    row.id,
    row.at.toISOString(),
    row.actorId,
    row.action,
    row.subjectType,
    row.subjectId,
    canonical(row.before),
    canonical(row.after),
    row.requestId,
  ];
  return createHash('sha256')
    .update(`${previous}\n${JSON.stringify(fields)}`)
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, canonical(item)]);
}

/** Seals everything that is committed. @returns how many rows */
export async function sealAudit(ctx: Pick<SystemCtx, 'db'>): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await sealBatch(ctx.db);
    sealed += count;
    if (count < SEALS_A_BATCH) return sealed;
  }
}

async function sealBatch(db: Db): Promise<number> {
  return transact(db, async (tx) => {
    // One sealer at a time: a chain has one end.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.audit_seal'))`;
    const open = await tx.$queryRaw<{ id: string }[]>`
      SELECT a.id::text FROM audit_log a WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.audit_id = a.id)
      ORDER BY a.id LIMIT ${SEALS_A_BATCH}`;
    if (open.length === 0) return 0;
    const rows = await tx.auditLog.findMany({
      where: { id: { in: open.map((row) => row.id) } },
      orderBy: { id: 'asc' },
    });
    const last = await tx.auditSeal.findFirst({ orderBy: { seq: 'desc' } });
    let previous = last?.hash ?? FIRST_HASH;
    const seals = rows.map((row) => {
      const prevHash = previous;
      previous = sealHash(prevHash, row);
      return { auditId: row.id, prevHash, hash: previous };
    });
    await tx.$executeRaw`
      INSERT INTO audit_seal (audit_id, prev_hash, hash)
      SELECT x.audit_id, x.prev_hash, x.hash
      FROM unnest(${seals.map((seal) => seal.auditId)}::uuid[], ${seals.map((seal) => seal.prevHash)}::text[],
        ${seals.map((seal) => seal.hash)}::text[]) WITH ORDINALITY AS x(audit_id, prev_hash, hash, n) ORDER BY x.n`;
    return seals.length;
  });
}

/** What is wrong with the first bad link, and which row it seals. */
export interface BrokenSeal {
  readonly seq: bigint;
  readonly auditId: string;
  /** edited: the row is not what was sealed; missing: the row is gone; chain: a link was taken out, put in or changed. */
  readonly reason: 'edited' | 'missing' | 'chain';
}

export interface AuditVerification {
  readonly ok: boolean;
  readonly sealed: number;
  /** The tail that the job has not sealed yet. */
  readonly unsealed: number;
  /** The end of the chain: noted elsewhere, it also proves that nothing was cut off. */
  readonly head: string;
  readonly broken: BrokenSeal | null;
}

/** Recomputes the whole chain. An `expectedHead` noted earlier must still be in it. */
export async function verifyAudit(db: Db, expectedHead?: string): Promise<AuditVerification> {
  let previous = FIRST_HASH;
  let seq = -1n;
  let sealed = 0;
  let headSeen = expectedHead === undefined || expectedHead === FIRST_HASH;
  for (;;) {
    const page = await db.$queryRaw<
      { seq: bigint; auditId: string; prevHash: string; hash: string; row: string | null }[]
    >`
      SELECT s.seq, s.audit_id::text AS "auditId", s.prev_hash AS "prevHash", s.hash, a.id::text AS row
      FROM audit_seal s LEFT JOIN audit_log a ON a.id = s.audit_id
      WHERE s.seq > ${seq} ORDER BY s.seq LIMIT ${ROWS_A_PAGE}`;
    const found = await db.auditLog.findMany({ where: { id: { in: page.map((seal) => seal.auditId) } } });
    const rows = new Map(found.map((row) => [row.id, row]));
    for (const seal of page) {
      const row = rows.get(seal.auditId);
      const broken = (reason: BrokenSeal['reason']) => ({ seq: seal.seq, auditId: seal.auditId, reason });
      if (seal.prevHash !== previous) return report(db, sealed, previous, broken('chain'));
      if (!row) return report(db, sealed, previous, broken('missing'));
      if (sealHash(previous, row) !== seal.hash) return report(db, sealed, previous, broken('edited'));
      previous = seal.hash;
      headSeen ||= previous === expectedHead;
      sealed += 1;
      seq = seal.seq;
    }
    if (page.length < ROWS_A_PAGE) break;
  }
  const cut = headSeen ? null : { seq, auditId: '', reason: 'chain' as const };
  return report(db, sealed, previous, cut);
}

async function report(
  db: Db,
  sealed: number,
  head: string,
  broken: BrokenSeal | null,
): Promise<AuditVerification> {
  const [tail] = await db.$queryRaw<{ count: number }[]>`
    SELECT COUNT(*)::int AS count FROM audit_log a
    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.audit_id = a.id)`;
  return { ok: broken === null, sealed, unsealed: tail?.count ?? 0, head, broken };
}
