// Seals the audit trail into a hash chain and checks it. A job seals in the order in which rows are found committed, so
// that writers never wait for each other; what is not sealed yet is reported as the tail.
import { createHash } from 'node:crypto';
import type { SystemCtx } from '../ctx.js';
import type { Db, Tx } from '../db/client.js';
import { transact } from '../db/transact.js';
import { Prisma } from '../generated/prisma/client.js';

/** An audit row as it is hashed; what JSON holds as the database writes it, which tells each value from every other. */
interface SealableRow {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly requestId: string | null;
}

/** The job that seals; each of its runs seals all that is committed by then. */
export const SEAL_JOB = 'seal-audit';

const SEALS_A_BATCH = 500;
const ROWS_A_PAGE = 1_000;
/** What the first seal follows. */
export const FIRST_HASH = '0'.repeat(64);

/**
 * The hash of a row that follows `previous`: every field counts, and until when all had been sealed before it.
 * `since` null: as earlier versions sealed, objects with their keys in order.
 */
export function sealHash(previous: string, row: SealableRow, since: Date | null): string {
  const { id, at, actorId, action, subjectType, subjectId, before, after, requestId } = row;
  const [was, is] = since === null ? [canonicalText(before), canonicalText(after)] : [before, after];
  const fields = [id, at.toISOString(), actorId, action, subjectType, subjectId, was, is, requestId];
  return createHash('sha256')
    .update(`${previous}\n${JSON.stringify(since === null ? fields : [2, since.toISOString(), ...fields])}`)
    .digest('hex');
}

const canonicalText = (json: string | null): unknown => canonical(json === null ? null : JSON.parse(json));

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, canonical(item)]);
}

const ROW = Prisma.sql`a.id::text, a.at, a.actor_id::text AS "actorId", a.action, a.subject_type AS "subjectType",
  a.subject_id::text AS "subjectId", a.before::text, a.after::text, a.request_id AS "requestId"`;

/** Seals everything that is committed. @returns how many rows */
export async function sealAudit(ctx: Pick<SystemCtx, 'db' | 'now'>): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await sealBatch(ctx);
    sealed += count;
    if (count < SEALS_A_BATCH) return sealed;
  }
}

async function sealBatch({ db, now }: Pick<SystemCtx, 'db' | 'now'>): Promise<number> {
  return transact(db, async (tx) => {
    // One sealer at a time: a chain has one end.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.audit_seal'))`;
    const rows = await tx.$queryRaw<SealableRow[]>`
      SELECT ${ROW} FROM audit_log a WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.audit_id = a.id)
      ORDER BY a.id LIMIT ${SEALS_A_BATCH}`;
    if (rows.length === 0) return 0;
    const since = await sealedUntil(tx, now);
    const last = await tx.auditSeal.findFirst({ orderBy: { seq: 'desc' } });
    let previous = last?.hash ?? FIRST_HASH;
    const seals = rows.map((row) => {
      const prevHash = previous;
      previous = sealHash(prevHash, row, since);
      return { auditId: row.id, prevHash, hash: previous };
    });
    await tx.$executeRaw`
      INSERT INTO audit_seal (audit_id, prev_hash, hash, since)
      SELECT x.audit_id, x.prev_hash, x.hash, ${since}::timestamptz
      FROM unnest(${seals.map((seal) => seal.auditId)}::uuid[], ${seals.map((seal) => seal.prevHash)}::text[],
        ${seals.map((seal) => seal.hash)}::text[]) WITH ORDINALITY AS x(audit_id, prev_hash, hash, n) ORDER BY x.n`;
    return seals.length;
  });
}

/**
 * When the last run of the job began: all that was committed by then is sealed. The beginning of time before the first;
 * never ahead of `now`: a clock that was ahead and is right again writes of times that it has passed.
 */
async function sealedUntil(tx: Tx, now: Date): Promise<Date> {
  const { _max } = await tx.jobRun.aggregate({
    where: { job: SEAL_JOB, outcome: 'done' },
    _max: { slot: true },
  });
  return new Date(_max.slot === null ? 0 : Math.min(Date.parse(`${_max.slot}Z`), now.getTime()));
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
  /** No link is bad, and nothing came late but what was looked at. */
  readonly ok: boolean;
  readonly sealed: number;
  /** The tail that the job has not sealed yet, and its oldest row. */
  readonly unsealed: number;
  readonly unsealedSince: Date | null;
  /**
   * Rows of a time whose rows had all been sealed before: put in by hand, or by a job run for a past day; but for those that
   * were looked at.
   */
  readonly late: number;
  readonly firstLate: LateSeal | null;
  readonly lastLate: LateSeal | null;
  /** The end of the chain: noted elsewhere, it also proves that nothing was cut off. */
  readonly head: string;
  /** The first of the bad links, in order, and how many there are. */
  readonly broken: readonly BrokenSeal[];
  readonly brokenCount: number;
}

type LateSeal = { readonly seq: bigint; readonly auditId: string };

export interface VerifyOptions {
  /** A head that was noted earlier: it must still be in the chain. */
  readonly head?: string | undefined;
  /** The last seal up to which somebody has looked at rows that came late. */
  readonly lookedAt?: bigint | undefined;
}

const BROKEN_SHOWN = 20;
/** Longer than from a click to the commit of what it does, with all its repetitions, and than clocks differ. */
const LATE_MS = 15 * 60 * 1000;
/** Of seals of earlier versions, which do not say what was sealed before them: behind the newest row by more than this. */
const UNTOLD_LATE_MS = 60 * 60 * 1000;

/** A link of the chain with its row, as far as that is there. */
type Link = { [K in keyof SealableRow]: SealableRow[K] | null } & {
  readonly seq: bigint;
  readonly auditId: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly since: Date | null;
};

const rowOf = (link: Link): SealableRow | null => (link.id === null ? null : (link as SealableRow));

/** Recomputes the whole chain, and after a bad link goes on from what it says, so that every bad one is found. */
export async function verifyAudit(
  db: Db,
  { head, lookedAt = -1n }: VerifyOptions = {},
): Promise<AuditVerification> {
  let previous = FIRST_HASH;
  let seq = -1n;
  let sealed = 0;
  let newest = 0;
  const late: LateSeal[] = [];
  const broken: BrokenSeal[] = [];
  let headSeen = head === undefined || head === FIRST_HASH;
  for (;;) {
    const page = await db.$queryRaw<Link[]>`
      SELECT s.seq, s.audit_id::text AS "auditId", s.prev_hash AS "prevHash", s.hash, s.since, ${ROW}
      FROM audit_seal s LEFT JOIN audit_log a ON a.id = s.audit_id WHERE s.seq > ${seq} ORDER BY s.seq LIMIT ${ROWS_A_PAGE}`;
    for (const link of page) {
      const { auditId, since } = link;
      ({ seq } = link);
      const row = rowOf(link);
      const reason = whatIsWrong(link, row, previous);
      if (reason) broken.push({ seq, auditId, reason });
      const from = since === null ? newest - UNTOLD_LATE_MS : since.getTime() - LATE_MS;
      if (row && row.at.getTime() < from && seq > lookedAt) late.push({ seq, auditId });
      newest = Math.max(newest, row?.at.getTime() ?? 0);
      previous = link.hash;
      headSeen ||= previous === head;
      sealed += 1;
    }
    if (page.length < ROWS_A_PAGE) break;
  }
  if (!headSeen) broken.push({ seq, auditId: '', reason: 'cut' });
  const [tail] = await db.$queryRaw<{ count: number; since: Date | null }[]>`
    SELECT COUNT(*)::int AS count, MIN(a.at) AS since FROM audit_log a
    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.audit_id = a.id)`;
  return {
    ok: broken.length === 0 && late.length === 0,
    sealed,
    unsealed: tail?.count ?? 0,
    unsealedSince: tail?.since ?? null,
    late: late.length,
    firstLate: late[0] ?? null,
    lastLate: late.at(-1) ?? null,
    head: previous,
    broken: broken.slice(0, BROKEN_SHOWN),
    brokenCount: broken.length,
  };
}

function whatIsWrong(link: Link, row: SealableRow | null, previous: string): BrokenSeal['reason'] | null {
  if (link.prevHash !== previous) return 'chain';
  if (!row) return 'missing';
  return sealHash(previous, row, link.since) === link.hash ? null : 'edited';
}
