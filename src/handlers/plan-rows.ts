// The rows that a plan form asks for: one, by a template, equal parts, or lines of text. Reads the form, decides nothing else.
import { DomainError } from '../domain/errors.js';
import type { LocalDate } from '../domain/local-date.js';
import type { AnchorDates } from '../domain/plans/anchor.js';
import {
  equalRows,
  MAX_REMIND_DAYS,
  type PlanRow,
  type PlanRowInput,
  planRow,
} from '../domain/plans/plan.js';
import { type PlanLine, parsePlanLines } from '../domain/plans/plan-lines.js';
import { rowsOfTemplate } from '../domain/templates/template.js';
import type { Form } from './forms.js';
import type { Turn } from './turns.js';
import { anchorsOf, type How, INTERVALS, type PlanBasis, templateOf } from './views/plan-step-views.js';

const MAX_PARTS = 60;
type Interval = (typeof INTERVALS)[number];
const STEP: Record<Interval, { months: number } | { days: number }> = {
  m1: { months: 1 },
  m2: { months: 2 },
  m3: { months: 3 },
  m6: { months: 6 },
  m12: { months: 12 },
  d7: { days: 7 },
  d14: { days: 14 },
};

export interface ReadPlan {
  readonly rows: readonly PlanRow[];
  /** Days of anchors as the person told them. */
  readonly expected: AnchorDates;
}

/** The rows as typed; problems are noted on the form's fields. */
export function readPlanRows(
  form: Form,
  how: How,
  basis: PlanBasis,
  { ctx, t }: Pick<Turn, 'ctx' | 't'>,
): ReadPlan {
  const plannedMethod = form.choice('plannedMethod');
  // Nothing is asked: none, or those that are there.
  if (how === 'later' || how === 'keep') return { rows: [], expected: {} };
  if (how === 'template') return byTemplate(form, basis, plannedMethod, ctx);
  const remindDaysAhead = form.wholeNumber('remind', { min: 0, max: MAX_REMIND_DAYS });
  const nameOf = (part: number) => t('plans:row.nth', { n: basis.nextSeq + part - 1 });
  const lines = {
    one: () => [oneRow(form, basis, ctx.today)],
    equal: () => equalParts(form, basis, ctx.today, nameOf),
    several: () => severalLines(form, basis, ctx.today),
  }[how]();
  const remark = how === 'one' ? form.text('remark', { max: 3000 }) : null;
  return {
    rows: wellFormed(lines.map((line) => ({ ...line, plannedMethod, remindDaysAhead, remark }))),
    expected: {},
  };
}

/** Rows of which a problem was noted are left out: the form is refused anyway. */
const wellFormed = (rows: readonly PlanRowInput[]): PlanRow[] =>
  rows.flatMap((row) => planRow.safeParse(row).data ?? []);

function byTemplate(
  form: Form,
  basis: PlanBasis,
  plannedMethod: string | null,
  { today, company }: Turn['ctx'],
): ReadPlan {
  const template = templateOf(basis, form.choice('template'));
  if (!template) throw new DomainError('template.none', {});
  const asked = anchorsOf(template).filter((kind) => !basis.anchors.fixed.includes(kind));
  const told = asked.flatMap((kind) => {
    const date = form.date(`anchor_${kind}`, { today, prefer: 'future' });
    return date ? [[kind, date] as const] : [];
  });
  const expected: AnchorDates = Object.fromEntries(told);
  const facts = Object.entries(basis.anchors.dates).filter(([kind]) => !asked.some((one) => one === kind));
  const balance = basis.amount - basis.planned;
  try {
    const rows = rowsOfTemplate(
      template,
      balance,
      basis.currency,
      { ...Object.fromEntries(facts), ...expected },
      company.calendar,
    );
    return {
      rows: wellFormed(
        rows.map((row) => ({ ...row, templateId: template.id, plannedMethod, dueSource: 'anchor' as const })),
      ),
      expected,
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    form.refuse('template', error.code, error.params);
    return { rows: [], expected };
  }
}

function oneRow(form: Form, basis: PlanBasis, today: LocalDate): PlanLine {
  return {
    name: form.requiredText('name', { max: 60 }),
    amount: form.amount('amount', basis.currency),
    dueOn: form.requiredDate('dueOn', { today, prefer: 'future' }),
  };
}

function equalParts(
  form: Form,
  basis: PlanBasis,
  today: LocalDate,
  nameOf: (part: number) => string,
): PlanLine[] {
  const count = form.wholeNumber('count', { min: 2, max: MAX_PARTS });
  const first = form.requiredDate('dueOn', { today, prefer: 'future' });
  const chosen = form.choice('every');
  const every = INTERVALS.find((key) => key === chosen) ?? 'm1';
  const balance = basis.amount - basis.planned;
  if (balance < BigInt(count)) {
    form.refuse('count', 'plan.part_too_small', { count });
    return [];
  }
  return equalRows(balance, count, first, STEP[every], nameOf);
}

function severalLines(form: Form, basis: PlanBasis, today: LocalDate): PlanLine[] {
  const text = form.requiredText('lines', { max: 3000 });
  if (text === '') return [];
  const parsed = parsePlanLines(text, basis.currency, today);
  if (parsed.ok) return parsed.rows;
  form.refuse('lines', parsed.problem.code, parsed.problem.params);
  return [];
}
