// Writes what a change leaves besides its own rows (trail, history, messages, stale Homes) in one statement: each of them
// alone would be a round trip in every use case. Who says what is left: audit.service.ts, notices/outbox.service.ts,
// plans/instalment.service.ts, and traces.service.ts for all at once.
import { bulkStatement } from '../db/bulk-insert.js';
import { jsonParam, recordsParam } from '../db/bulk-records.js';
import type { Tx } from '../db/client.js';
import { Prisma } from '../generated/prisma/client.js';
import type { Role } from './access.js';
import type { LocalDate } from './local-date.js';
import { superiorSql } from './members/reach.sql.js';

/** A row of the audit trail; `before` and `after` hold only what JSON can. */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actor_id: string | null;
  readonly action: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly before: Prisma.InputJsonObject | null;
  readonly after: Prisma.InputJsonObject | null;
  readonly request_id: string | null;
}

/** A message to post, or the rewrite of one. */
export interface OutboxRow {
  readonly id: string;
  readonly op: 'post' | 'update';
  readonly kind: string;
  readonly dedupe_key: string;
  readonly anchor_key: string | null;
  readonly payload: object;
  readonly recipient: string;
  readonly priority: number;
  readonly created_at: Date;
}

/** An entry of an instalment's history: its facts are taken from the row as it is now. */
export interface RevisionRow {
  readonly id: string;
  readonly instalment_id: string;
  readonly valid_from: LocalDate;
  readonly recorded_at: Date;
  readonly cause: string;
}

export interface TraceRows {
  readonly audit?: readonly AuditRow[];
  readonly revisions?: readonly RevisionRow[];
  /** A message whose key exists already is left as it is (rules §4 no. 7). */
  readonly outbox?: readonly OutboxRow[];
  /** People whose Home shows old facts now; the refresher publishes it anew if they opened it lately. */
  readonly staleHomes?: readonly string[];
  /** Instalments whose money changed: the Homes of their owners, of who stands above these, and of finance. */
  readonly concerned?: readonly string[] | undefined;
}

const FINANCE: Role[] = ['finance', 'finance_manager'];

/** Person `p` is concerned by what happened to these instalments. */
const isConcerned = (instalmentIds: readonly string[]) => Prisma.sql`
  (p.active AND p.roles && ${FINANCE}::text[]) OR p.id IN (
    SELECT x.id FROM instalment i JOIN app_user o ON o.id = i.owner_id
    CROSS JOIN LATERAL (VALUES (o.id), (${Prisma.raw(superiorSql('o'))})) AS x(id)
    WHERE i.id = ANY(${[...instalmentIds]}::uuid[]))`;

/**
 * When entry `x` of row `i` is written: never before the row's last one, however long ago its use case began, as the last
 * is what the row says. The row is held, so none comes in between; a new row is not looked up.
 */
const RECORDED_AT = Prisma.sql`CASE WHEN i.begun_on IS NULL OR x.cause = 'created' THEN x.recorded_at ELSE GREATEST(x.recorded_at,
  (SELECT MAX(v.recorded_at) + interval '1 millisecond' FROM instalment_revision v
    WHERE v.instalment_id = i.id AND (v.recorded_at, v.id) > (x.recorded_at, x.id))) END`;

/** More entries than these are written by a statement of their own, which tells once what they have in common. */
const MANY = 50;

/** Saves all rows of all kinds. */
export async function saveTraces(tx: Tx, traces: TraceRows): Promise<void> {
  const { outbox = [], staleHomes = [], concerned } = traces;
  let { audit = [], revisions = [] } = traces;
  if (audit.length > MANY) {
    const trail = trailStatement(audit);
    if (trail) await tx.$executeRaw(trail);
    audit = [];
  }
  if (revisions.length > MANY) {
    const history = historyStatement(revisions);
    if (history) await tx.$executeRaw(history);
    revisions = [];
  }
  // Only what there is: a part without rows would be planned, and its table's triggers would run, all the same.
  const parts = [
    ...(audit.length > 0 ? [trailOf(audit)] : []),
    ...(revisions.length > 0 ? [historyOf(revisions)] : []),
    ...(outbox.length > 0 ? [messagesOf(outbox)] : []),
    ...(staleHomes.length > 0 || concerned ? [homesOf(staleHomes, concerned)] : []),
  ];
  const last = parts.pop();
  if (!last) return;
  const others = parts.map((part, index) => Prisma.sql`${Prisma.raw(`part${index}`)} AS (${part})`);
  await tx.$executeRaw`${others.length > 0 ? Prisma.sql`WITH ${Prisma.join(others)}` : Prisma.empty} ${last}`;
}

const trailOf = (rows: readonly AuditRow[]) => Prisma.sql`
  INSERT INTO audit_log (id, at, actor_id, action, subject_type, subject_id, before, after, request_id)
  SELECT x.id, x.at, x.actor_id, x.action, x.subject_type, x.subject_id, x.before, x.after, x.request_id
  FROM json_to_recordset(${jsonParam(rows)}) AS x(id uuid, at timestamptz, actor_id uuid, action text,
    subject_type text, subject_id uuid, before jsonb, after jsonb, request_id text)`;

/** Each row by its key: planned while there were few, all of them would be read for the history of one. */
const historyOf = (rows: readonly RevisionRow[]) => Prisma.sql`
  INSERT INTO instalment_revision (id, instalment_id, valid_from, recorded_at, amount, due_on, postponed_to,
    owner_id, lifecycle, cause)
  SELECT x.id, i.id, x.valid_from, ${RECORDED_AT}, i.amount, i.due_on, i.postponed_to, i.owner_id, i.lifecycle, x.cause
  FROM json_to_recordset(${jsonParam(rows)}) AS x(id uuid, instalment_id uuid, valid_from date,
    recorded_at timestamptz, cause text)
  CROSS JOIN LATERAL (SELECT * FROM instalment WHERE id = x.instalment_id OFFSET 0) i`;

const messagesOf = (rows: readonly OutboxRow[]) => Prisma.sql`
  INSERT INTO outbox (id, op, kind, dedupe_key, anchor_key, payload, recipient, priority, created_at)
  SELECT x.id, x.op, x.kind, x.dedupe_key, x.anchor_key, x.payload, x.recipient, x.priority, x.created_at
  FROM json_to_recordset(${jsonParam(rows)}) AS x(id uuid, op text, kind text, dedupe_key text,
    anchor_key text, payload jsonb, recipient text, priority int, created_at timestamptz)
  ON CONFLICT DO NOTHING`;

const homesOf = (stale: readonly string[], concerned: TraceRows['concerned']) => Prisma.sql`
  UPDATE app_user p SET home_stale = true WHERE p.home_opened_at IS NOT NULL
    AND (p.id = ANY(${[...stale]}::uuid[]) ${concerned ? Prisma.sql`OR ${isConcerned(concerned)}` : Prisma.empty})`;

/** Entries of the trail by a statement of their own; null for none. */
export const trailStatement = (rows: readonly AuditRow[]): Prisma.Sql | null =>
  bulkStatement('audit_log', rows.map(auditColumns));

/** Entries of histories by a statement of their own; null for none. Each row by its key, as in `historyOf`. */
function historyStatement(rows: readonly RevisionRow[]): Prisma.Sql | null {
  if (rows.length === 0) return null;
  const made = recordsParam([
    { name: 'id', type: 'uuid', values: rows.map((row) => row.id) },
    { name: 'instalment_id', type: 'uuid', values: rows.map((row) => row.instalment_id) },
    { name: 'valid_from', type: 'date', values: rows.map((row) => row.valid_from) },
    { name: 'recorded_at', type: 'timestamptz', values: rows.map((row) => row.recorded_at) },
    { name: 'cause', type: 'text', values: rows.map((row) => row.cause) },
  ]);
  return Prisma.sql`
    INSERT INTO instalment_revision (id, instalment_id, valid_from, recorded_at, amount, due_on, postponed_to,
      owner_id, lifecycle, cause)
    SELECT x.id, i.id, x.valid_from, ${RECORDED_AT}, i.amount, i.due_on, i.postponed_to, i.owner_id, i.lifecycle, x.cause
    FROM ${made} AS x CROSS JOIN LATERAL (SELECT * FROM instalment WHERE id = x.instalment_id OFFSET 0) i`;
}

const auditColumns = ({ before, after, ...row }: AuditRow): Prisma.AuditLogCreateManyInput => ({
  id: row.id,
  at: row.at,
  actorId: row.actor_id,
  action: row.action,
  subjectType: row.subject_type,
  subjectId: row.subject_id,
  ...(before && { before }),
  ...(after && { after }),
  requestId: row.request_id,
});
