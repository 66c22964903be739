// Changes ladders (rules §8): the company's, or one of its own for a template, a customer or an instalment. A step keeps
// its rank and code for good, so that nothing that was sent is sent again, and what is taken out is only switched off. What
// is saved counts from the next morning on.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { conflictOn } from '../versions.service.js';
import { DEFAULT_LADDER, isWeekly, type LadderKind, type LadderRule } from './ladder.js';
import { countRowsOf, keepRules, loadLadders, toColumns } from './ladder.queries.js';
import {
  checkLadder,
  kindsOf,
  type Ladders,
  rankFor,
  rulesOfKind,
  type ScopeRef,
  type StepInput,
  withInput,
} from './ladders.js';

export interface LadderTarget extends ScopeRef {
  readonly kind: LadderKind;
  /** The company's version as it was shown: ladders are the company's settings. */
  readonly version: number;
}

/**
 * Changes a step, or adds one where no code is given: a repeated line where it says how often. From the next morning on it
 * counts; a step whose day has passed for a row that has come further is not made up for.
 * @returns how many open rows the ladder is for, of milestones how many contracts
 * @throws DomainError as checkLadder; access.denied, not_found, version.conflict, request.repeated
 */
export function saveStep(
  ctx: Ctx,
  target: LadderTarget,
  code: string | null,
  input: StepInput,
): Promise<number> {
  return change(ctx, target, async (tx, present) => {
    const before = present.find((rule) => rule.code === code);
    if (code !== null && !before) throw new DomainError('not_found', { ref: '' });
    const [fresh = ''] = await nextCodes(tx, 1);
    const base: LadderRule = before ?? {
      code: fresh,
      ...(input.repeatEveryDays === null
        ? { rank: rankFor(present, input.offsetDays) }
        : { rank: 0, repeatEveryDays: input.repeatEveryDays }),
      offsetDays: input.offsetDays,
      tone: input.tone,
      roles: [],
      place: 'dm',
      needsAck: false,
      level: null,
      replacedByRemindDays: false,
      appliesTo: target.kind,
    };
    const after = withInput(base, input);
    checkLadder([...present.filter((rule) => rule !== before), after]);
    if (before) await tx.reminderRule.update({ where: { code: after.code }, data: toColumns(after) });
    else await addRules(tx, ctx, target, [after]);
    return { before: before ?? null, after };
  });
}

/** Takes a step out: nothing more is sent by it. @throws DomainError as saveStep */
export function removeStep(ctx: Ctx, target: LadderTarget, code: string): Promise<number> {
  return change(ctx, target, async (tx, present) => {
    const before = present.find((rule) => rule.code === code);
    if (!before) throw new DomainError('not_found', { ref: '' });
    checkLadder(present.filter((rule) => rule !== before));
    await tx.reminderRule.update({ where: { code }, data: { enabled: false } });
    return { before, after: null };
  });
}

/**
 * Gives the target a ladder of its own: a copy of the one that counts for it now, `from`.
 * @throws DomainError ladder.exists, access.denied, not_found, version.conflict, request.repeated
 */
export function startLadder(ctx: Ctx, target: LadderTarget, from: readonly LadderRule[]): Promise<number> {
  return change(ctx, target, async (tx, present) => {
    if (target.scope === 'company' || present.length > 0) throw new DomainError('ladder.exists', {});
    await requireSubject(tx, target);
    const rules = rulesOfKind(from, target.kind);
    const codes = await nextCodes(tx, rules.length);
    const copies = rules.map((rule, index): LadderRule => ({ ...rule, code: codes[index] ?? '' }));
    checkLadder(copies);
    await addRules(tx, ctx, target, copies);
    return { before: null, after: copies };
  });
}

/** The company's as it was made; of others, their own ladder ends and the next one counts. @throws DomainError as saveStep */
export function resetLadder(ctx: Ctx, target: LadderTarget): Promise<number> {
  return change(ctx, target, async (tx, present) => {
    await tx.reminderRule.updateMany({
      where: { scope: target.scope, scopeId: target.id, appliesTo: target.kind },
      data: { enabled: false },
    });
    const defaults = target.scope === 'company' ? rulesOfKind(DEFAULT_LADDER, target.kind) : [];
    for (const rule of defaults)
      await tx.reminderRule.update({
        where: { code: rule.code },
        data: { ...toColumns(rule), enabled: true },
      });
    return { before: present, after: defaults };
  });
}

/** One change of one ladder: checked against the company's version, in the trail with its effect. */
async function change(
  ctx: Ctx,
  target: LadderTarget,
  run: (tx: Tx, present: LadderRule[]) => Promise<{ before: unknown; after: unknown }>,
): Promise<number> {
  authorize(ctx.actor, 'ladder.edit');
  if (!kindsOf(target.scope).includes(target.kind)) throw new DomainError('not_found', { ref: '' });
  return transact(ctx.db, async (tx) => {
    const company = await lockRow(tx, 'company', ctx.company.id);
    if (!company) throw new RangeError('the company is gone');
    const subjectId = target.id ?? company.id;
    await claimRequest(tx, ctx, 'ladder.change', { reference: null, subjectType: target.scope, subjectId });
    if (company.version !== target.version) throw conflictOn(company);
    await keepRules(
      tx,
      ctx.today,
      Prisma.sql`scope = ${target.scope} AND scope_id IS NOT DISTINCT FROM ${target.id}::uuid AND applies_to = ${target.kind}`,
    );
    const { before, after } = await run(tx, ownRules(await loadLadders(tx), target));
    const rows = await countRowsOf(tx, target);
    await tx.company.update({
      where: { id: company.id },
      data: { version: { increment: 1 }, updatedAt: ctx.now },
    });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'ladder.changed',
          subjectType: target.scope,
          subjectId,
          before: { kind: target.kind, ladder: before },
          after: { kind: target.kind, ladder: after, rows },
        },
      ],
    });
    return rows;
  });
}

/** The rules of one scope and kind. */
export function ownRules(
  ladders: Ladders,
  { scope, id, kind }: ScopeRef & { kind: LadderKind },
): LadderRule[] {
  const rules =
    scope === 'company'
      ? ladders.company
      : (ladders.own.find((own) => own.scope === scope && own.id === id)?.rules ?? []);
  return rulesOfKind(rules, kind).toSorted(
    (a, b) => Number(isWeekly(a)) - Number(isWeekly(b)) || a.rank - b.rank,
  );
}

/** @throws DomainError not_found */
async function requireSubject(tx: Tx, { scope, id }: ScopeRef): Promise<void> {
  const where = { id: id ?? '', deletedAt: null };
  const found =
    scope === 'customer'
      ? await tx.customer.count({ where })
      : scope === 'template'
        ? await tx.planTemplate.count({ where })
        : await tx.instalment.count({ where });
  if (found === 0) throw new DomainError('not_found', { ref: '' });
}

/** Codes of added steps: never given twice, also not after a step was taken out. The company's row is held. */
export async function nextCodes(tx: Tx, count: number): Promise<string[]> {
  const given = await tx.reminderRule.count({ where: { code: { startsWith: 'X' } } });
  return Array.from({ length: count }, (_none, index) => `X${given + 1 + index}`);
}

async function addRules(tx: Tx, ctx: Ctx, target: LadderTarget, rules: readonly LadderRule[]): Promise<void> {
  await tx.reminderRule.createMany({
    data: rules.map((rule) => ({
      ...toColumns(rule),
      id: newId(ctx.now),
      code: rule.code,
      scope: target.scope,
      scopeId: target.id,
      changedOn: toUtcDate(ctx.today),
    })),
  });
}
