// The terms check of a contract before it is sent for approval (ux §4.4): what an approver should look at. Pure.
import type { LocalDate } from '../local-date.js';
import { ANCHOR_KINDS, type AnchorKind } from '../plans/anchor.js';
import type { MilestoneKind } from './contract.js';

/** What the check looks at; amounts in minor units of the contract's currency. */
export interface TermsFacts {
  readonly amount: bigint;
  readonly signedOn: LocalDate | null;
  readonly milestones: Readonly<
    Partial<Record<MilestoneKind, { expectedOn: LocalDate | null; actualOn: LocalDate | null }>>
  >;
  readonly rows: readonly {
    readonly seq: number;
    readonly amount: bigint;
    readonly dueOn: LocalDate | null;
    readonly isRetention: boolean;
    readonly anchorKind: AnchorKind | null;
  }[];
}

/** One line of the check: `ok` is 通过, everything else 注意. */
export type TermsLine =
  | { term: 'sum'; ok: true; total: bigint }
  | { term: 'sum'; ok: false; problem: 'no_plan' }
  | { term: 'sum'; ok: false; problem: 'missing' | 'excess'; difference: bigint }
  | { term: 'dates'; ok: true }
  | { term: 'dates'; ok: false; problem: 'undated' | 'past' | 'before_signing'; seqs: readonly number[] }
  | { term: 'dates'; ok: false; problem: 'milestone_order'; first: MilestoneKind; second: MilestoneKind }
  | { term: 'anchors'; ok: true }
  | { term: 'anchors'; ok: false; problem: 'no_warranty_end'; seqs: readonly number[] }
  | { term: 'anchors'; ok: false; problem: 'missing'; anchor: AnchorKind; seqs: readonly number[] };

const ORDER: readonly MilestoneKind[] = [
  'shipment',
  'delivery',
  'installation',
  'acceptance',
  'warranty_start',
  'warranty_end',
];

/** Lines of sum, dates and anchors, in that order, at least one of each; without a plan nothing else is said to be complete. */
export function checkTerms(facts: TermsFacts, today: LocalDate): TermsLine[] {
  const dates = checkDates(facts, today);
  const anchors = checkAnchors(facts);
  if (facts.rows.length === 0) return [checkSum(facts), ...dates, ...anchors];
  return [
    checkSum(facts),
    ...(dates.length > 0 ? dates : [{ term: 'dates', ok: true } as const]),
    ...(anchors.length > 0 ? anchors : [{ term: 'anchors', ok: true } as const]),
  ];
}

function checkSum({ amount, rows }: TermsFacts): TermsLine {
  if (rows.length === 0) return { term: 'sum', ok: false, problem: 'no_plan' };
  const total = rows.reduce((sum, row) => sum + row.amount, 0n);
  if (total === amount) return { term: 'sum', ok: true, total };
  return total < amount
    ? { term: 'sum', ok: false, problem: 'missing', difference: amount - total }
    : { term: 'sum', ok: false, problem: 'excess', difference: total - amount };
}

function checkDates({ rows, signedOn, milestones }: TermsFacts, today: LocalDate): TermsLine[] {
  const seqs = (test: (due: LocalDate | null) => boolean) =>
    rows.filter((row) => test(row.dueOn)).map((row) => row.seq);
  const found = [
    { problem: 'undated' as const, seqs: seqs((due) => due === null) },
    { problem: 'past' as const, seqs: seqs((due) => due !== null && due < today) },
    {
      problem: 'before_signing' as const,
      seqs: seqs((due) => due !== null && signedOn !== null && due < signedOn),
    },
  ];
  const lines: TermsLine[] = found
    .filter((item) => item.seqs.length > 0)
    .map((item) => ({ term: 'dates', ok: false, ...item }));
  const dated = ORDER.flatMap((kind) => {
    const date = milestones[kind]?.actualOn ?? milestones[kind]?.expectedOn;
    return date ? [{ kind, date }] : [];
  });
  dated.forEach((second, index) => {
    const first = dated[index - 1];
    if (first && first.date > second.date) {
      lines.push({
        term: 'dates',
        ok: false,
        problem: 'milestone_order',
        first: first.kind,
        second: second.kind,
      });
    }
  });
  return lines;
}

/** Retention falls due when the warranty ends; other rows when their milestone is: without that day nobody knows when. */
function checkAnchors({ rows, milestones }: TermsFacts): TermsLine[] {
  const end = milestones.warranty_end?.actualOn ?? milestones.warranty_end?.expectedOn ?? null;
  const held = rows.filter((row) => row.isRetention && end === null);
  const waiting = rows.filter((row) => row.dueOn === null && !held.includes(row));
  const missing = ANCHOR_KINDS.flatMap((anchor): TermsLine[] => {
    const seqs = waiting.filter((row) => row.anchorKind === anchor).map((row) => row.seq);
    return seqs.length > 0 ? [{ term: 'anchors', ok: false, problem: 'missing', anchor, seqs }] : [];
  });
  if (held.length === 0) return missing;
  const seqs = held.map((row) => row.seq);
  return [{ term: 'anchors', ok: false, problem: 'no_warranty_end', seqs }, ...missing];
}
