// Plan templates ("3331"): what one is, and how it becomes the rows of a contract (rules §2, §4 no. 9). Pure.
import { z } from 'zod';
import type { WorkCalendar } from '../calendar.js';
import { DomainError } from '../errors.js';
import type { LocalDate } from '../local-date.js';
import { exponentOf, MAX_MINOR } from '../money.js';
import {
  ANCHOR_KINDS,
  type AnchorDates,
  type AnchorKind,
  type AnchorOffset,
  anchorOffset,
  dueFromAnchor,
} from '../plans/anchor.js';
import { effectiveDue } from '../plans/instalment.js';
import { DEFAULT_REMIND_DAYS, MAX_REMIND_DAYS } from '../plans/plan.js';
import { MAX_PLAN_LINES } from '../plans/plan-lines.js';

const WHOLE_BP = 10_000;

/** One line: basis points of the contract's amount, or an amount in minor units, or what is left. */
export const templateLine = z.object({
  name: z.string().trim().min(1).max(60),
  shareBp: z.number().int().min(1).max(WHOLE_BP).nullable().default(null),
  fixedAmount: z.bigint().positive().max(MAX_MINOR).nullable().default(null),
  isRemainder: z.boolean().default(false),
  anchorKind: z.enum(ANCHOR_KINDS),
  anchorOffset: anchorOffset.prefault({}),
  roll: z.enum(['none', 'next_workday', 'previous_workday']).default('none'),
  remindDaysAhead: z.number().int().min(0).max(MAX_REMIND_DAYS).default(DEFAULT_REMIND_DAYS),
  isRetention: z.boolean().default(false),
});
export type TemplateLineInput = z.input<typeof templateLine>;
export type TemplateLine = z.output<typeof templateLine>;

/** A template as a person enters it; `rounding` yuan: whole units of the currency. */
export const templateInput = z.object({
  code: z.string().trim().min(1).max(20),
  name: z.string().trim().min(1).max(60),
  contractTypes: z.array(z.string()).max(100).default([]),
  customerTypes: z.array(z.string()).max(100).default([]),
  rounding: z.enum(['fen', 'yuan']).default('fen'),
  /** Of the fixed amounts. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .default(null),
  lines: z.array(templateLine).min(1).max(MAX_PLAN_LINES),
});

export type Template = z.output<typeof templateInput>;

/** What turning a template into rows needs of it. */
export type TemplateTerms = Pick<Template, 'rounding' | 'currency' | 'lines'>;

/** A row that a template makes; amount in minor units; no date while its anchor's day is unknown (日期待定). */
export interface TemplateRow {
  readonly name: string;
  readonly amount: bigint;
  readonly dueOn: LocalDate | null;
  /** `dueOn` rolled off days off: the day that counts. */
  readonly effectiveDue: LocalDate | null;
  readonly anchorKind: AnchorKind;
  readonly anchorOffset: AnchorOffset;
  readonly roll: TemplateLine['roll'];
  readonly remindDaysAhead: number;
  readonly isRetention: boolean;
}

/** Sum of the shares in basis points. */
export function sumOfShares(lines: readonly Pick<TemplateLine, 'shareBp'>[]): number {
  return lines.reduce((sum, line) => sum + (line.shareBp ?? 0), 0);
}

/**
 * Checks that a template describes a whole: one remainder line, which is last, beside less than 100 %; or shares of
 * exactly 100 % and nothing else. Fixed amounts need a currency; without one the currency is dropped.
 * @throws DomainError template.line_amount, template.remainder_last, template.shares, template.currency_missing
 */
export function checkTemplate(template: Template): Template {
  template.lines.forEach((line, index) => {
    const given = [line.shareBp !== null, line.fixedAmount !== null, line.isRemainder].filter(Boolean);
    if (given.length !== 1) throw new DomainError('template.line_amount', { line: index + 1 });
    if (line.isRemainder && index < template.lines.length - 1)
      throw new DomainError('template.remainder_last', { line: index + 1 });
  });
  const hasRemainder = template.lines.at(-1)?.isRemainder === true;
  const hasFixed = template.lines.some((line) => line.fixedAmount !== null);
  const shares = sumOfShares(template.lines);
  if (hasRemainder ? shares >= WHOLE_BP : shares !== WHOLE_BP || hasFixed)
    throw new DomainError('template.shares', { percent: percentOf(shares) });
  if (hasFixed && template.currency === null)
    throw new DomainError('template.currency_missing', {}, 'currency');
  return hasFixed ? template : { ...template, currency: null };
}

/** Basis points as a plain decimal: 3000 → "30", 3333 → "33.33". */
export function percentOf(bp: number): string {
  return String(bp / 100);
}

/**
 * The rows that a template makes of an amount (minor units of `currency`). Their sum is the amount, whatever it is:
 * each share is rounded down to the template's unit, the last line takes the rest (rules §4 no. 9).
 * @throws DomainError template.currency_differs (of fixed amounts), template.line_empty (a line would be 0 or less)
 */
export function rowsOfTemplate(
  template: TemplateTerms,
  amount: bigint,
  currency: string,
  anchors: AnchorDates,
  calendar: WorkCalendar,
): TemplateRow[] {
  const amounts = amountsOf(template, amount, currency);
  return template.lines.map((line, index) => {
    const anchor = anchors[line.anchorKind];
    const dueOn = anchor === undefined ? null : dueFromAnchor(anchor, line.anchorOffset);
    return {
      name: line.name,
      amount: amounts[index] ?? 0n,
      dueOn,
      effectiveDue: effectiveDue({ dueOn, postponedTo: null, roll: line.roll }, calendar),
      anchorKind: line.anchorKind,
      anchorOffset: line.anchorOffset,
      roll: line.roll,
      remindDaysAhead: line.remindDaysAhead,
      isRetention: line.isRetention,
    };
  });
}

function amountsOf(
  { rounding, currency: own, lines }: TemplateTerms,
  total: bigint,
  currency: string,
): bigint[] {
  if (own !== null && own !== currency) throw new DomainError('template.currency_differs', { currency: own });
  const unit = rounding === 'yuan' ? 10n ** BigInt(exponentOf(currency)) : 1n;
  const first = lines
    .slice(0, -1)
    .map(
      (line) => line.fixedAmount ?? ((total * BigInt(line.shareBp ?? 0)) / BigInt(WHOLE_BP) / unit) * unit,
    );
  const amounts = [...first, total - first.reduce((sum, amount) => sum + amount, 0n)];
  const empty = amounts.findIndex((amount) => amount <= 0n);
  if (empty >= 0)
    throw new DomainError('template.line_empty', { line: empty + 1, name: lines[empty]?.name ?? '' });
  return amounts;
}

/** As the trail keeps it: a fixed amount with its currency, which says nothing where only the amount was changed. */
export function told(template: Template): Record<string, unknown> {
  const { currency } = template;
  return {
    ...template,
    lines: template.lines.map((line) => (line.fixedAmount === null ? line : { ...line, currency })),
  };
}
