import { describe, expect, it } from 'vitest';
import { MILESTONE_KINDS } from '../../src/domain/contracts/contract.js';
import type { MilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import type { AnchoredRow, MilestoneMove } from '../../src/domain/contracts/milestone-moves.js';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import type { AnchorOffset } from '../../src/domain/plans/anchor.js';
import type { ComingItem } from '../../src/domain/reminders/coming.queries.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { anchorWords, undatedWords } from '../../src/handlers/views/anchor-words.js';
import {
  HOWS,
  milestoneDone,
  milestoneForm,
  milestoneTold,
} from '../../src/handlers/views/milestone-views.js';
import { expectMessage, expectModal, LOCALES, reader } from '../support/view-check.js';

const LONG = '超长名称<@U123>&*_`😀'.repeat(10);
const ID = '0190a0a0-0000-7000-8000-00000000';
const row = (seq: number): AnchoredRow => ({
  id: `${ID}${String(seq).padStart(4, '0')}`,
  seq,
  name: LONG,
  lifecycle: 'open',
  amount: 1n,
  outstanding: 1n,
  dueOn: localDate('2026-12-01'),
  postponedTo: null,
  effectiveDue: localDate('2026-12-01'),
  anchorKind: 'acceptance',
  anchorOffset: { months: 0, days: 0 },
  dueSource: 'anchor',
  roll: 'none',
  remindDaysAhead: 7,
  isRetention: false,
  postponeCount: 0,
  postponedDays: 0,
});
const move = (seq: number, asks: boolean): MilestoneMove => ({
  row: row(seq),
  dueOn: localDate('2076-12-31'),
  from: addDays(localDate('2026-12-01'), seq),
  to: localDate('2076-12-31'),
  asks,
  isLater: true,
});
const moves = (free: number, asked: number) => [
  ...Array.from({ length: free }, (_, index) => move(index + 1, false)),
  ...Array.from({ length: asked }, (_, index) => move(free + index + 1, true)),
];
const coming = (count: number): ComingItem[] =>
  Array.from({ length: count }, (_none, n) => ({
    on: addDays(localDate('2026-12-14'), n),
    occurrenceOn: localDate('2026-12-12'),
    rule: DEFAULT_LADDER.find((rule) => rule.code === 'A1') ?? raise(),
    shifted: true,
    names: Array.from({ length: 30 }, () => LONG),
    toFinanceChannel: false,
  }));
const raise = (): never => {
  throw new Error('no such step');
};
const form = (more: Partial<MilestoneForm> = {}): MilestoneForm => ({
  contractId: `${ID}0001`,
  number: 'HT-2026-0001',
  customerName: LONG,
  status: 'active',
  ownerId: 'owner',
  version: 3,
  signedOn: null,
  expectedOn: localDate('2026-12-01'),
  actualOn: null,
  evidence: null,
  anchored: ['acceptance'],
  moves: [],
  coming: coming(4),
  ...more,
});

describe.each(LOCALES)('milestones in %s', (locale) => {
  const to = reader(locale);
  const state = {
    requestId: ID,
    kind: 'acceptance',
    how: 'estimate',
    date: localDate('2026-12-15'),
    below: null,
  } as const;

  it('a form that Slack takes: nothing, everything, 60 rows of either kind', () => {
    for (const kind of MILESTONE_KINDS)
      for (const how of HOWS)
        expectModal(milestoneForm(form({ moves: moves(30, 30) }), { ...state, kind, how }, to));
    for (const date of [undefined, null, localDate('2026-12-15')])
      for (const [free, asked] of [
        [0, 0],
        [60, 0],
        [0, 60],
      ] as const)
        expectModal(milestoneForm(form({ moves: moves(free, asked) }), { ...state, date }, to));
    const below = { card: JSON.stringify({ c: ID, l: 'x'.repeat(900) }) };
    expectModal(milestoneForm(form({ moves: moves(30, 30), evidence: LONG }), { ...state, below }, to));
  });

  it('says when an estimate will be reminded of, and nothing of what has happened', () => {
    const textOf = (how: 'happened' | 'estimate', more: Partial<MilestoneForm> = {}) =>
      JSON.stringify(milestoneForm(form(more), { ...state, how }, to).blocks);
    expect(textOf('estimate')).toContain(to.t('ladders:coming'));
    expect(textOf('happened')).not.toContain(to.t('ladders:coming'));
    expect(textOf('estimate', { coming: [] })).not.toContain(to.t('ladders:coming'));
  });

  it('says of a day before the signing that it is one, of no other', () => {
    const warns = (signedOn: string | null, date: LocalDate | null | undefined) =>
      JSON.stringify(
        milestoneForm(
          form({ signedOn: signedOn === null ? null : localDate(signedOn) }),
          { ...state, date },
          to,
        ).blocks,
      ).includes('⚠️');
    const day = state.date;
    expect(warns('2026-12-16', day)).toBe(true);
    for (const signed of ['2026-12-15', null]) expect(warns(signed, day)).toBe(false);
    for (const none of [null, undefined]) expect(warns('2026-12-16', none)).toBe(false);
  });

  it('a message that Slack takes, with 60 rows moved and 60 kept', () => {
    const lines = moves(60, 0).map(({ row: { seq }, from, to: day }) => ({ seq, from, to: day }));
    const told = {
      contractId: `${ID}0001`,
      number: 'HT-2026-0001',
      kind: 'acceptance',
      who: LONG,
      happened: true,
      date: localDate('2026-11-20'),
      moved: lines,
      kept: lines,
    } as const;
    for (const date of [told.date, null])
      for (const happened of [true, false]) expectMessage(milestoneTold({ ...told, date, happened }, to));
  });

  it('a result for each case', () => {
    const t = to.t;
    for (const how of HOWS)
      for (const date of ['12-15', null])
        for (const moved of [0, 1, 5])
          expect(milestoneDone(t, { kind: 'acceptance', how, date, moved })).not.toMatch(/undefined|\{\{/);
  });
});

describe('distance from a milestone', () => {
  const at = (offset: AnchorOffset) =>
    LOCALES.map((locale) => anchorWords(translator(locale), 'acceptance', offset));

  it.each<[AnchorOffset, string, string]>([
    [{ months: 0, days: 30 }, '验收后30天', 'acceptance + 30 days'],
    [{ months: 0, days: 0 }, '验收当天', 'on acceptance'],
    [{ months: 0, days: 1 }, '验收后1天', 'acceptance + 1 day'],
    [{ months: 0, days: -7 }, '验收前7天', 'acceptance − 7 days'],
    [{ months: 2, days: 0 }, '验收后2个月', 'acceptance + 2 months'],
    [{ months: -1, days: 0 }, '验收前1个月', 'acceptance − 1 month'],
    [{ months: 1, days: 0, endOfMonth: true }, '验收后1个月（月末）', 'acceptance + 1 month (end of month)'],
    [{ months: 1, days: 0, dayOfMonth: 15 }, '验收后1个月的15日', 'acceptance + 1 month, day 15'],
    [{ months: 0, days: 0, dayOfMonth: 31 }, '验收当月的31日', 'month of acceptance, day 31'],
    [{ months: 1, days: 5 }, '验收后1个月，再加5天', 'acceptance + 1 month + 5 days'],
    [{ months: 1, days: -1 }, '验收后1个月，再减1天', 'acceptance + 1 month − 1 day'],
  ])('%j', (offset, zh, en) => {
    expect(at(offset)).toEqual([zh, en]);
  });

  it('stands in brackets behind 日期待定, where there is one', () => {
    const t = translator('zh-CN');
    const offset = { months: 0, days: 30 };
    expect(undatedWords(t, { anchorKind: 'acceptance', anchorOffset: offset })).toBe(
      '日期待定（验收后30天）',
    );
    expect(undatedWords(t, { anchorKind: null, anchorOffset: null })).toBe('日期待定');
  });
});
