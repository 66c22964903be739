// The rows that the new-plan form asks for: one, equal parts, or lines of text. Reads the form, decides nothing else.
import type { LocalDate } from '../domain/local-date.js';
import { equalRows } from '../domain/plans/plan.js';
import type { PlanTarget } from '../domain/plans/plan-choices.queries.js';
import { type PlanLine, parsePlanLines } from '../domain/plans/plan-lines.js';
import type { Form } from './forms.js';
import { markOf } from './mark.js';
import type { Turn } from './turns.js';
import { type How, INTERVALS, type PlanPreview } from './views/plan-views.js';

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

/**
 * The rows as typed, with what they leave of the contract; problems are noted on the form's fields, several rows above
 * the balance too (one row above it is refused by the service).
 */
export function readPlanRows(
  form: Form,
  how: How,
  target: PlanTarget,
  { ctx, t }: Pick<Turn, 'ctx' | 't'>,
): PlanPreview {
  const rows = ((): PlanLine[] => {
    const nameOf = (part: number) => t('plans:row.nth', { n: target.nextSeq + part - 1 });
    if (how === 'equal') return equalParts(form, target, ctx.today, nameOf);
    return how === 'several' ? severalLines(form, target, ctx.today) : [oneRow(form, target, ctx.today)];
  })();
  const unplanned = rows.reduce((rest, row) => rest - row.amount, target.amount - target.planned);
  if (how !== 'one' && unplanned < 0n) {
    const money = (minor: bigint) => ({ minor, currency: target.currency });
    const last = rows.at(-1)?.amount ?? 0n;
    const room = last + unplanned;
    const params = { excess: money(-unplanned), max: money(room > 0n ? room : 0n) };
    form.refuse(how === 'several' ? 'lines' : 'count', 'plan.exceeds_contract', params);
  }
  return { rows, unplanned, mark: markOf(rows.map((row) => `${row.name} ${row.amount} ${row.dueOn ?? ''}`)) };
}

/** Whether these rows are the ones that were shown. */
export const isSavedPreview = (plan: PlanPreview, mark: string | null): boolean => plan.mark === mark;

function oneRow(form: Form, target: PlanTarget, today: LocalDate): PlanLine {
  return {
    name: form.requiredText('name', { max: 60 }),
    amount: form.amount('amount', target.currency),
    dueOn: form.requiredDate('dueOn', { today, prefer: 'future' }),
  };
}

function equalParts(
  form: Form,
  target: PlanTarget,
  today: LocalDate,
  nameOf: (part: number) => string,
): PlanLine[] {
  const count = form.wholeNumber('count', { min: 2, max: MAX_PARTS });
  const first = form.requiredDate('dueOn', { today, prefer: 'future' });
  const chosen = form.choice('every');
  const every = INTERVALS.find((key) => key === chosen) ?? 'm1';
  const balance = target.amount - target.planned;
  if (balance < BigInt(count)) {
    form.refuse('count', 'plan.part_too_small', { count });
    return [];
  }
  return equalRows(balance, count, first, STEP[every], nameOf);
}

function severalLines(form: Form, target: PlanTarget, today: LocalDate): PlanLine[] {
  const text = form.requiredText('lines', { max: 3000 });
  if (text === '') return [];
  const parsed = parsePlanLines(text, target.currency, today);
  if (parsed.ok) return parsed.rows;
  form.refuse('lines', 'plan.line_unreadable', { line: parsed.line });
  return [];
}
