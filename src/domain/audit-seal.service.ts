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

/** What is wrong with a link of the chain, and which row it seals. */
export interface BrokenSeal {
  readonly seq: bigint;
  readonly auditId: string;
  /**
   * edited: the row is not what was sealed; missing: the row is gone; chain: a link was taken out, put in, moved or
   * changed; cut: the head that was noted is no longer in the chain.
   */
  readonly reason: 'edited' | 'missing' | 'chain' | 'cut';
}

export interface AuditVerification {
  readonly ok: boolean;
  readonly sealed: number;
  /** The tail that the job has not sealed yet, and its oldest row. */
  readonly unsealed: number;
  readonly unsealedSince: Date | null;
  /** Rows that came into the chain more than an hour after their own time: put in by hand, or by a job run for a past day. */
  readonly late: number;
  readonly firstLate: { readonly seq: bigint; readonly auditId: string } | null;
  /** The end of the chain: noted elsewhere, it also proves that nothing was cut off. */
  readonly head: string;
  /** The first of the bad links, in order, and how many there are. */
  readonly broken: readonly BrokenSeal[];
  readonly brokenCount: number;
}

const BROKEN_SHOWN = 20;
const LATE_MS = 60 * 60 * 1000;

/**
 * Recomputes the whole chain, and after a bad link goes on from what it says, so that every bad one is found. An
 * `expectedHead` noted earlier must still be in it.
 */
export async function verifyAudit(db: Db, expectedHead?: string): Promise<AuditVerification> {
  let previous = FIRST_HASH;
  let seq = -1n;
  let sealed = 0;
  let newest = 0;
  let late = 0;
  let firstLate: AuditVerification['firstLate'] = null;
  const broken: BrokenSeal[] = [];
  let brokenCount = 0;
  const note = (bad: BrokenSeal) => {
    brokenCount += 1;
    if (broken.length < BROKEN_SHOWN) broken.push(bad);
  };
  let headSeen = expectedHead === undefined || expectedHead === FIRST_HASH;
  for (;;) {
    const page = await db.$queryRaw<{ seq: bigint; auditId: string; prevHash: string; hash: string }[]>`
      SELECT s.seq, s.audit_id::text AS "auditId", s.prev_hash AS "prevHash", s.hash
      FROM audit_seal s WHERE s.seq > ${seq} ORDER BY s.seq LIMIT ${ROWS_A_PAGE}`;
    const found = await db.auditLog.findMany({ where: { id: { in: page.map((seal) => seal.auditId) } } });
    const rows = new Map(found.map((row) => [row.id, row]));
    for (const seal of page) {
      const { auditId } = seal;
      const row = rows.get(auditId);
      if (seal.prevHash !== previous) note({ seq: seal.seq, auditId, reason: 'chain' });
      else if (!row) note({ seq: seal.seq, auditId, reason: 'missing' });
      else if (sealHash(previous, row) !== seal.hash) note({ seq: seal.seq, auditId, reason: 'edited' });
      if (row && row.at.getTime() < newest - LATE_MS) {
        late += 1;
        firstLate ??= { seq: seal.seq, auditId };
      }
      newest = Math.max(newest, row?.at.getTime() ?? 0);
      previous = seal.hash;
      headSeen ||= previous === expectedHead;
      sealed += 1;
      seq = seal.seq;
    }
    if (page.length < ROWS_A_PAGE) break;
  }
  if (!headSeen) note({ seq, auditId: '', reason: 'cut' });
  const [tail] = await db.$queryRaw<{ count: number; since: Date | null }[]>`
    SELECT COUNT(*)::int AS count, MIN(a.at) AS since FROM audit_log a
    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.audit_id = a.id)`;
  return {
    ok: brokenCount === 0,
    sealed,
    unsealed: tail?.count ?? 0,
    unsealedSince: tail?.since ?? null,
    late,
    firstLate,
    head: previous,
    broken,
    brokenCount,
  };
}
