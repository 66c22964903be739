import { describe, expect, it } from 'vitest';
import type { AdjustmentFacts } from '../../src/domain/adjustments/adjustment.queries.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import {
  ADJUSTMENT_ASKS,
  adjustmentAsks,
  adjustmentCard,
  adjustmentDecided,
  adjustmentModal,
  adjustmentPosted,
  waitingAdjustment,
} from '../../src/handlers/views/adjustment-views.js';
import { instalmentRow } from '../../src/handlers/views/row-views.js';
import { anApproval } from '../support/approval-details.js';
import { aRow } from '../support/contract-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const person = (name: string) => ({ id: 'owner', name });
const row = aRow(99_999, {
  customerName: nasty(120),
  contractName: nasty(120),
  contractNumber: `HT-${'9'.repeat(30)}`,
  name: nasty(60),
  state: 'overdue',
  amount: MAX_MINOR,
  outstanding: MAX_MINOR,
  proposed: MAX_MINOR,
  adjusted: MAX_MINOR,
  recovered: MAX_MINOR,
});
const facts = (
  more: Partial<AdjustmentFacts>,
  status: AdjustmentFacts['approval']['status'],
): AdjustmentFacts => ({
  id: ID,
  kind: 'bad_debt',
  undoes: false,
  amount: MAX_MINOR,
  reason: nasty(300),
  askedBy: person(nasty(200)),
  row,
  approval: anApproval({
    id: ID,
    status,
    step: 2,
    steps: 2,
    approvers: Array.from({ length: 100 }, () => person(nasty(80))),
    decidedSteps: Array.from({ length: 5 }, (_, seq) => ({
      seq,
      by: person(nasty(199) + seq),
      inPlaceOf: person(nasty(200)),
      also: [],
      at: new Date('2026-11-20T02:32:00Z'),
    })),
    decidedBy: person(nasty(200)),
    decidedAt: new Date('2026-11-20T02:32:00Z'),
    comment: nasty(3000),
  }),
  ...more,
});
const KINDS = [
  { kind: 'bad_debt', undoes: false },
  { kind: 'bad_debt', undoes: true },
  { kind: 'small_difference', undoes: false, reason: null },
  { kind: 'small_difference', undoes: true },
] as const;
const STATUSES = ['open', 'approved', 'rejected', 'withdrawn'] as const;
const detail = {
  ...row,
  originalDueOn: null,
  plannedMethod: null,
  remindDaysAhead: 7,
  remark: null,
  blockReason: null,
  postponeCount: 0,
  postponedDays: 0,
  unplanned: 0n,
  credit: 0n,
  managerName: null,
  postponement: null,
  adjustment: null,
  undoable: { kind: 'bad_debt', amount: MAX_MINOR },
  smallRest: true,
  history: [],
} as const;

describe.each(LOCALES)('write-offs with the longest data, %s', (locale) => {
  const by = reader(locale);
  const finance = { ...by, actor: by.actor && { ...by.actor, roles: ['finance' as const] } };

  it.each(KINDS.flatMap((kind) => STATUSES.map((status) => [status, kind] as const)))(
    'card and messages: %s %o',
    (status, kind) => {
      const one = facts(kind, status);
      expectMessage(adjustmentCard(one, by));
      const shown = JSON.stringify(adjustmentCard(one, by).blocks);
      expect(shown.includes('approval.approve')).toBe(status === 'open');
      if (status === 'approved' || status === 'rejected') expectMessage(adjustmentDecided(one, by));
      expectMessage(adjustmentPosted(one, by));
      expect(adjustmentPosted(one, by).text).not.toContain('<!channel>');
      expectMessage({ text: 'x', blocks: waitingAdjustment(one, finance) });
    },
  );

  it('the message without a reason ends with the sentence', () => {
    const one = facts({ kind: 'small_difference' }, 'approved');
    expect(adjustmentPosted({ ...one, reason: null }, by).text).toMatch(/[)）][.。]$/);
    expect(adjustmentPosted({ ...one, reason: '手续费' }, by).text).toMatch(/[:：] ?手续费$/);
  });

  it.each(ADJUSTMENT_ASKS)('form: %s', (ask) => expectModal(adjustmentModal(detail, ask, finance, '{}')));

  it('offers to finance what the row allows, and nothing while something waits', () => {
    expect(adjustmentAsks(detail, finance)).toEqual(['small_difference', 'bad_debt', 'undo']);
    const plain = { ...detail, state: 'open' as const, smallRest: false, undoable: null };
    expect(adjustmentAsks(plain, finance)).toEqual([]);
    expect(adjustmentAsks({ ...detail, adjustment: facts({}, 'open') }, finance)).toEqual([]);
    const rep = by.actor && { ...by.actor, roles: ['rep' as const] };
    expect(adjustmentAsks(detail, { ...by, actor: rep })).toEqual([]);
  });

  it('shows on a row what was written off and recovered, and records money on bad debt', () => {
    const half = {
      ...row,
      amount: 100n,
      outstanding: 0n,
      adjusted: 60n,
      recovered: 40n,
      recoverable: 60n,
      proposed: 0n,
    };
    const text = JSON.stringify(instalmentRow({ ...half, state: 'written_off' }, finance));
    expect(text).toContain(locale === 'en' ? 'CN¥0.60 written off' : '坏账或尾差 ¥0.60');
    expect(text).toContain(locale === 'en' ? 'CN¥0.40 recovered' : '已收回 ¥0.40');
    expect(text).toContain('receipt.new');
    // Of a row that is paid but for its bad debt too; an archived contract's comes in as a prepayment.
    const paid = { ...half, adjusted: 40n, recovered: 0n, recoverable: 40n, state: 'paid' as const };
    expect(JSON.stringify(instalmentRow(paid, finance))).toContain(locale === 'en' ? 'Recover' : '收回');
    // As it is read out: the button's word and the row.
    expect(JSON.stringify(instalmentRow(paid, finance))).toContain(
      locale === 'en' ? '"accessibility_label":"Recover bad debt of ' : '"accessibility_label":"收回坏账 ',
    );
    const archived = { ...paid, contractStatus: 'archived' as const };
    expect(JSON.stringify(instalmentRow(archived, finance))).not.toContain('receipt.new');
    const done = { ...half, adjusted: 0n, recoverable: 0n, state: 'written_off' as const };
    expect(JSON.stringify(instalmentRow(done, finance))).not.toContain('receipt.new');
    // What was written off is not received.
    const part = { ...half, outstanding: 30n, adjusted: 60n, recovered: 0n, state: 'overdue' as const };
    expect(JSON.stringify(instalmentRow(part, finance))).toContain('10%');
  });
});

it('tells whose instalment it is of all who approved a bad debt', () => {
  const steps = ['周明', '陈国栋'].map((name, index) => ({
    seq: index + 1,
    by: { id: name, name },
    inPlaceOf: null,
    also: [],
    at: new Date(0),
  }));
  const [, last] = steps;
  const approval = anApproval({
    status: 'approved',
    steps: 2,
    step: 2,
    decidedSteps: steps,
    decidedBy: last?.by ?? null,
  });
  const posted = facts({ askedBy: person('孙悦'), reason: '倒闭', approval }, 'approved');
  expect(adjustmentPosted(posted, reader('zh-CN')).text).toContain('（孙悦 提出，周明、陈国栋 通过）：倒闭');
  expect(adjustmentPosted(posted, reader('en')).text).toContain('(by 孙悦, approved by 周明, 陈国栋): 倒闭');
});

it('does not call paid in the form what bad debt on the row would keep bad debt', () => {
  const form = (locale: 'zh-CN' | 'en') =>
    JSON.stringify(adjustmentModal(detail, 'small_difference', reader(locale), '{}'));
  expect(form('zh-CN')).toContain('这一期不再有未收，提醒停止。');
  expect(form('en')).toContain('nothing of the instalment is open any more, its reminders stop.');
});
