// The rows of approvals: opened, held, decided, ended; each decision exactly once. What a decision does to its subject is
// decisions.service.ts.
import type { Ctx, SystemCtx } from '../../ctx.js';
import { bulkInsert } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { columnsOf, fieldsOf } from '../../db/lock-rows.js';
import type { Approval, ApprovalStep } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { listHolders, type Person } from '../members/member.queries.js';
import type { Money } from '../money.js';
import { conflictOn } from '../versions.service.js';
import { APPROVER_ROLES, type Decision, type FlowStep } from './approval.js';
import { asksPeople, type BegunStep, beginSteps } from './begin-steps.service.js';
import { findAsked } from './candidates.service.js';
import { type ApprovalFlow, chooseFlow, toBase } from './flow.js';
import { type SubjectType, subjectRow } from './subjects.js';

/** An approval with its steps; `isLast`: nobody comes after the present one. */
export type OpenApproval = Approval & {
  readonly step: ApprovalStep;
  readonly steps: readonly ApprovalStep[];
  readonly isLast: boolean;
};

/** What is asked about, and what decides who is asked. */
export interface ApprovalRequest {
  readonly type: SubjectType;
  readonly id: string;
  readonly version: number;
  readonly amount: Money;
  readonly method?: string;
  readonly contractType?: string;
  readonly creditExceeded?: boolean;
  /** Whose managers are asked. */
  readonly ownerId: string | null;
  /** Besides whoever asks: recorder, last editor, who gains. */
  readonly involved: readonly (string | null)[];
}

/** The flow of a request by the company's settings. */
export function flowFor(ctx: SystemCtx, request: ApprovalRequest): ApprovalFlow {
  const { settings, baseCurrency } = ctx.company;
  const { amount, type, ...facts } = request;
  const amountInBase = toBase(amount, baseCurrency, settings.exchangeRates);
  return chooseFlow(subjectRow(type).flow, { ...facts, amountInBase }, settings.approvalFlows);
}

const involvedOf = (ctx: Ctx, request: ApprovalRequest): string[] => [
  ...new Set([ctx.actor.id, ...request.involved].filter((id) => id !== null)),
];

const approvalRow = (ctx: Ctx, request: ApprovalRequest, flow: ApprovalFlow) => ({
  id: newId(ctx.now),
  subjectType: request.type,
  subjectId: request.id,
  subjectVersion: request.version,
  requestedById: ctx.actor.id,
  flowKey: flow.key,
  ownerId: request.ownerId,
  involvedIds: involvedOf(ctx, request),
  askedAt: ctx.now,
  createdAt: ctx.now,
  updatedAt: ctx.now,
});

const stepRow = (ctx: Ctx, approvalId: string, step: FlowStep, seq: number, ids = step.people) => ({
  id: newId(ctx.now),
  approvalId,
  seq,
  mode: step.mode,
  approverRoles: [...step.roles],
  approverIds: [...ids],
  namedIds: [...step.people],
});

/** Approvals that were opened together. */
interface Opened {
  /** Who is asked first, as far as they had to be looked up. */
  readonly asked: readonly string[];
  /** Those that nobody can decide: the admins are to be told (`manyOrphans`). */
  readonly orphans: readonly {
    readonly id: string;
    readonly flowKey: string;
    readonly ownerId: string | null;
  }[];
}

/**
 * Opens an approval on many subjects in two statements. No cards: who may decide finds them in their lists; what nobody can
 * decide waits until somebody gets a role.
 */
export async function openApprovals(tx: Tx, ctx: Ctx, requests: readonly ApprovalRequest[]): Promise<Opened> {
  // The same people are asked about many: they are looked up once.
  const begun = new Map<string, BegunStep[]>();
  const opened: {
    row: ReturnType<typeof approvalRow>;
    steps: ReturnType<typeof stepRow>[];
    isOrphan: boolean;
  }[] = [];
  const isHeld = holderTest(tx);
  for (const request of requests) {
    const flow = flowFor(ctx, request);
    const row = approvalRow(ctx, request, flow);
    let steps = flow.steps.map((step): BegunStep => ({ step, ids: step.people, people: [] }));
    const finds = asksPeople(flow) || !(await isHeld(flow, row.involvedIds));
    if (finds) {
      const key = JSON.stringify([request.type, flow.steps, request.ownerId, row.involvedIds]);
      steps = begun.get(key) ?? (await beginSteps(tx, request, flow, row.involvedIds));
      begun.set(key, steps);
    }
    opened.push({
      row,
      steps: steps.map(({ step, ids }, index) => stepRow(ctx, row.id, step, index + 1, ids)),
      isOrphan: finds && steps[0]?.people.length === 0,
    });
  }
  await bulkInsert(
    tx,
    'approval',
    opened.map((one) => one.row),
  );
  await bulkInsert(
    tx,
    'approval_step',
    opened.flatMap((one) => one.steps),
  );
  return {
    asked: [...begun.values()].flatMap(([first]) => first?.people.map((person) => person.id) ?? []),
    orphans: opened.flatMap(({ row, isOrphan }) => (isOrphan ? [row] : [])),
  };
}

/** Whether somebody holds a role of a flow's first step who is not out; each set of roles is looked up once. */
function holderTest(tx: Tx) {
  const known = new Map<string, Person[]>();
  return async ({ steps: [first] }: ApprovalFlow, out: readonly string[]): Promise<boolean> => {
    const roles = first?.roles.filter((role) => role !== 'manager') ?? [];
    if (roles.length === 0) return false;
    const key = roles.join();
    const holders = known.get(key) ?? (await listHolders(tx, ...roles));
    known.set(key, holders);
    return holders.some((person) => !out.includes(person.id));
  };
}

/**
 * Opens an approval on a subject; a partial unique index allows one open approval a subject.
 * @returns who is asked first; nobody: the caller's notices tell the admins (`askNotices`)
 */
export async function openApproval(
  tx: Tx,
  ctx: Ctx,
  request: ApprovalRequest,
): Promise<{ id: string; asked: readonly Person[] }> {
  const flow = flowFor(ctx, request);
  const row = approvalRow(ctx, request, flow);
  const steps = await beginSteps(tx, request, flow, row.involvedIds);
  const [first] = steps;
  if (!first) throw new RangeError(`flow ${flow.key} has no step`);
  const rows = steps.map(({ step, ids }, index) => stepRow(ctx, row.id, step, index + 1, ids));
  await tx.$executeRaw`
    WITH opened AS (
      INSERT INTO approval (id, subject_type, subject_id, subject_version, requested_by, flow_key, owner_id, involved_ids,
        asked_at, created_at, updated_at)
      VALUES (${row.id}::uuid, ${row.subjectType}, ${row.subjectId}::uuid, ${row.subjectVersion},
        ${row.requestedById}::uuid, ${row.flowKey}, ${row.ownerId}::uuid, ${row.involvedIds}::uuid[], ${ctx.now}, ${ctx.now},
        ${ctx.now}) RETURNING id)
    INSERT INTO approval_step (id, approval_id, seq, mode, approver_roles, approver_ids, named_ids)
    SELECT x.id, opened.id, x.seq, x.mode, x."approverRoles", x."approverIds", x."namedIds"
    FROM opened, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS x(id uuid, seq int, mode text, "approverRoles" text[], "approverIds" uuid[], "namedIds" uuid[])`;
  return { id: row.id, asked: first.people };
}

/** A stored step as its flow said it. */
export const flowStepOf = (step: ApprovalStep): FlowStep => ({
  mode: step.mode === 'all' ? 'all' : 'any',
  roles: APPROVER_ROLES.filter((role) => step.approverRoles.includes(role)),
  people: step.namedIds,
});

/**
 * Locks an open approval until the transaction ends; its subject is locked already.
 * @throws DomainError not_found; approval.decided (who, when); version.conflict if what was shown is not what is there
 */
export async function lockOpenApproval(tx: Tx, approvalId: string, version?: number): Promise<OpenApproval> {
  const rows = await tx.$queryRaw<object[]>`
    SELECT ${columnsOf('approval', 'a', 'a_')}, ${columnsOf('approval_step', 's', 's_')}
    FROM approval a JOIN approval_step s ON s.approval_id = a.id WHERE a.id = ${approvalId}::uuid
    ORDER BY s.seq FOR UPDATE OF a, s`;
  const [first] = rows;
  if (!first) throw new DomainError('not_found', { ref: '' });
  const row = fieldsOf(first, 'approval', 'a_');
  const steps = rows.map((one) => fieldsOf(one, 'approval_step', 's_'));
  const step = steps.find((candidate) => candidate.seq === row.currentStep);
  if (row.status !== 'open') throw await decidedError(tx, row, steps);
  if (!step) throw new RangeError(`approval ${approvalId} has no step ${row.currentStep}`);
  if (version !== undefined && version !== row.version) {
    // Somebody decided the step that was shown: they are named.
    if (steps.some((one) => one.decidedAt?.getTime() === row.updatedAt.getTime()))
      throw await decidedError(tx, row, steps);
    throw conflictOn(row);
  }
  return { ...row, step, steps, isLast: row.currentStep === steps.length };
}

async function decidedError(tx: Tx, approval: Approval, steps: ApprovalStep[]): Promise<DomainError> {
  const last = steps.findLast((step) => step.decidedAt !== null);
  const byId =
    approval.status === 'withdrawn' ? approval.requestedById : (last?.decidedById ?? approval.requestedById);
  const who = await tx.user.findUnique({ where: { id: byId }, select: { name: true } });
  return new DomainError('approval.decided', {
    who: who?.name ?? '',
    at: approval.updatedAt,
    decision: approval.status === 'open' ? 'approved' : approval.status,
    subjectType: approval.subjectType,
    subjectId: approval.subjectId,
  });
}

/** A decision as it is recorded. */
export interface Ruling {
  readonly decision: Decision;
  /** In whose place; the actor's own if it is the same. */
  readonly asId: string;
  readonly solo: boolean;
  /** The step is over with it. */
  readonly completes: boolean;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}

/** Records a decision on the locked step, once; returns whether the whole approval is decided by it. */
export async function recordRuling(
  tx: Tx,
  ctx: Ctx,
  approval: OpenApproval,
  ruling: Ruling,
): Promise<boolean> {
  const ends = ruling.decision === 'rejected' || (ruling.completes && approval.isLast);
  const isOver = ruling.decision === 'rejected' || ruling.completes;
  const onBehalfOf = ruling.asId === ctx.actor.id ? null : ruling.asId;
  const changed = await tx.$executeRaw`
    WITH ruled AS (
      UPDATE approval_step SET
        decided_by = CASE WHEN ${isOver} THEN ${ctx.actor.id}::uuid END,
        on_behalf_of = CASE WHEN ${isOver} THEN ${onBehalfOf}::uuid END,
        decision = CASE WHEN ${isOver} THEN ${ruling.decision} END,
        decided_at = CASE WHEN ${isOver} THEN ${ctx.now}::timestamptz END,
        approved_ids = approved_ids || ${[...new Set([ruling.asId, ctx.actor.id])]}::uuid[], solo = solo OR ${ruling.solo},
        reason = ${ruling.reason ?? null}, comment = ${ruling.comment ?? null}, version = version + 1
      WHERE id = ${approval.step.id}::uuid AND decided_at IS NULL AND version = ${approval.step.version}
      RETURNING approval_id)
    UPDATE approval SET status = ${ends ? ruling.decision : 'open'}::"ApprovalStatus",
      current_step = current_step + ${isOver && !ends ? 1 : 0},
      updated_at = ${ctx.now}, version = version + 1
    WHERE id = (SELECT approval_id FROM ruled)`;
  if (changed !== 1) throw new RangeError(`step ${approval.step.id} was not held`);
  return ends;
}

/** The next step begins (or an earlier one again): whom it asks, and since when. */
export async function beginStep(
  tx: Tx,
  ctx: Ctx,
  approval: OpenApproval,
  seq: number,
  out: readonly string[],
): Promise<readonly Person[]> {
  const step = approval.steps.find((one) => one.seq === seq);
  if (!step) throw new RangeError(`approval ${approval.id} has no step ${seq}`);
  // Who was found for an earlier beginning of the step is found again, or somebody else by now.
  const type = approval.subjectType as SubjectType;
  const asked = await findAsked(tx, type, flowStepOf(step), { ownerId: approval.ownerId, out });
  await tx.approvalStep.update({ where: { id: step.id }, data: { approverIds: [...asked.ids] } });
  const data = { askedAt: ctx.now, nudgedAt: null, superiorsToldAt: null };
  await tx.approval.update({ where: { id: approval.id }, data });
  return asked.people;
}

/** Ends an open approval without a decision. */
export async function withdrawApproval(tx: Tx, ctx: SystemCtx, approvalId: string): Promise<void> {
  const data = { status: 'withdrawn', updatedAt: ctx.now, version: { increment: 1 } } as const;
  await tx.approval.update({ where: { id: approvalId }, data });
}
