import { describe, expect, it } from 'vitest';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { ReversalFacts } from '../../src/domain/receipts/reversal.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { movementModal } from '../../src/handlers/views/movement-form-views.js';
import { receiptCard } from '../../src/handlers/views/receipt-card-views.js';
import { receiptHeading, receiptModal } from '../../src/handlers/views/receipt-views.js';
import {
  receiptReversed,
  reversalCard,
  reversalDecided,
  reversalLine,
  reversedText,
} from '../../src/handlers/views/reversal-views.js';
import { anApproval, longTalk } from '../support/approval-details.js';
import { aReceipt } from '../support/receipt-facts.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const AT = new Date('2026-11-20T02:32:00Z');
const person = (name: string) => ({ id: 'owner', name });

const extreme: ReversalFacts = {
  id: ID,
  kind: 'reversal',
  number: `HK-${'9'.repeat(30)}`,
  amount: MAX_MINOR,
  currency: 'CNY',
  reason: nasty(300),
  askedBy: person(nasty(200)),
  receipt: {
    id: ID,
    number: `HK-${'9'.repeat(30)}`,
    amount: MAX_MINOR,
    unapplied: MAX_MINOR,
    status: 'partly_reversed',
    customerName: nasty(120),
    recorderName: nasty(200),
  },
  takes: {
    fromUnapplied: MAX_MINOR,
    lines: Array.from({ length: 500 }, (_, seq) => ({
      contractNumber: `HT-${'9'.repeat(30)}`,
      seq,
      amount: MAX_MINOR,
      recovery: true,
    })),
  },
  approval: anApproval({
    id: ID,
    step: 2,
    steps: 2,
    decidedSteps: [{ seq: 1, by: person(nasty(200)), inPlaceOf: person(nasty(200)), also: [], at: AT }],
    talk: longTalk(nasty(500)),
    returned: { by: person(nasty(200)), at: AT, note: nasty(3000) },
    decidedBy: person(nasty(200)),
    inPlaceOf: person(nasty(200)),
    decidedAt: AT,
    solo: true,
    comment: nasty(3000),
    approvers: Array.from({ length: 100 }, () => person(nasty(80))),
  }),
};
const STATUSES = ['open', 'approved', 'rejected', 'withdrawn'] as const;
const as = (status: (typeof STATUSES)[number]): ReversalFacts => ({
  ...extreme,
  approval: { ...extreme.approval, status },
});
const reversed = Array.from({ length: 100 }, () => ({
  kind: 'reversal' as const,
  number: 'HK-1',
  amount: MAX_MINOR,
  reason: nasty(300),
  askedBy: nasty(200),
  approvedBy: [nasty(200), nasty(200)],
}));

describe.each(LOCALES)('reversals with the longest data, %s', (locale) => {
  const by = reader(locale);

  it.each(STATUSES)('card: %s', (status) => {
    expectMessage(reversalCard(as(status), by));
    const shown = JSON.stringify(reversalCard(as(status), by).blocks);
    expect(shown.includes('approval.approve')).toBe(status === 'open');
  });

  it('messages and the line in the thread', () => {
    for (const status of ['approved', 'rejected'] as const) {
      expectMessage(reversalDecided(as(status), by));
      expectMessage(reversalLine(as(status), by));
      expectMessage(receiptReversed(as(status), by));
    }
    expect(reversalDecided(as('rejected'), by).text).not.toContain('<!channel>');
  });

  it('the form, the receipt’s window and its card', () => {
    const facts = aReceipt({
      status: 'partly_reversed',
      unapplied: MAX_MINOR,
      reversed,
      reversal: as('open'),
    });
    expectModal(movementModal('reversal', facts, receiptHeading(facts, by), by, '{}'));
    expectModal(receiptModal(facts, by, METHODS));
    expectMessage(receiptCard(facts, by, METHODS));
    expect(reversedText(facts, by).split('\n')).toHaveLength(5);
  });

  it('says of what had recovered bad debt that it is bad again, and of nothing else', () => {
    const bad = locale === 'en' ? 'is bad debt as before' : '仍是坏账';
    const shown = (one: unknown) => JSON.stringify(one);
    const onRows = (recovery: boolean) => {
      const lines = [{ contractNumber: 'HT-1', seq: 1, amount: 100n, recovery }];
      return shown(reversalCard({ ...as('open'), takes: { fromUnapplied: 0n, lines } }, by));
    };
    expect(onRows(true)).toContain(bad);
    expect(onRows(false)).not.toContain(bad);
    const form = (recovery: boolean, kind: 'reversal' | 'refund' = 'reversal') => {
      const lines = aReceipt().lines.map((line) => ({ ...line, recovery }));
      const facts = aReceipt({ status: 'approved', unapplied: 1n, lines });
      return shown(movementModal(kind, facts, receiptHeading(facts, by), by, '{}'));
    };
    expect(form(true)).toContain(bad);
    expect([form(false), form(true, 'refund')].filter((one) => one.includes(bad))).toEqual([]);
  });

  it.each(['reversal', 'refund'] as const)(
    'says the number of a %s wherever its receipt tells of it',
    (kind) => {
      const mirror = 'HK-20261128-006';
      const waits = { ...as('open'), kind, number: mirror, takes: null };
      const receipt = aReceipt({ status: 'approved', reversal: waits });
      const done = [
        { ...reversed[0], kind, number: mirror, approvedBy: ['周明', '陈国栋'] },
      ] as typeof reversed;
      const shown = (one: unknown) => JSON.stringify(one);
      expect(shown(receiptModal(receipt, by, METHODS))).toContain(mirror);
      expect(shown(receiptCard(receipt, by, METHODS))).toContain(mirror);
      expect(shown(reversalCard(waits, by))).toContain(mirror);
      const told = reversedText(aReceipt({ status: 'approved', reversed: done }), by);
      expect(told).toContain(mirror);
      expect(told).toContain(locale === 'en' ? 'approved by 周明, 陈国栋' : '周明、陈国栋 通过');
    },
  );

  it('says of a refund that it is one', () => {
    const refund = { ...as('open'), kind: 'refund' as const, takes: null };
    expectMessage(reversalCard(refund, by));
    expect(reversalCard(refund, by).text).toMatch(/退款|refund/);
    for (const draw of [reversalDecided, reversalLine, receiptReversed]) {
      const message = draw({ ...as('approved'), kind: 'refund' }, by);
      expectMessage(message);
      expect(message.text).toMatch(/退款|refund/i);
      expect(message.text).not.toMatch(/冲销|revers/i);
    }
    const facts = aReceipt({ status: 'approved', unapplied: MAX_MINOR, reversal: refund });
    expectModal(receiptModal(facts, by, METHODS));
    expectMessage(receiptCard(facts, by, METHODS));
    expectModal(movementModal('refund', facts, receiptHeading(facts, by), by, '{}'));
  });

  it('is taken back as long as no step is decided', () => {
    const offers = (decidedSteps: ReversalFacts['approval']['decidedSteps']) => {
      const reversal = {
        ...as('open'),
        approval: { ...extreme.approval, status: 'open' as const, decidedSteps },
      };
      const window = receiptModal(aReceipt({ status: 'approved', reversal }), by, METHODS);
      return JSON.stringify(window).includes('approval.withdraw');
    };
    expect(offers([])).toBe(true);
    expect(offers(extreme.approval.decidedSteps)).toBe(false);
  });

  it('is sent in the words of every approval', () => {
    const modal = movementModal(
      'reversal',
      aReceipt({ status: 'approved' }),
      receiptHeading(aReceipt({}), by),
      by,
      '{}',
    );
    expect(modal.submit?.text).toBe(locale === 'en' ? 'Send for approval' : '提交审批');
  });

  it('offers a reversal of what is booked and free, to whom it may concern', () => {
    const offered = (more: Parameters<typeof aReceipt>[0], who = by) =>
      JSON.stringify(receiptModal(aReceipt(more), who, METHODS)).includes('receipt.reverse');
    expect(offered({ status: 'approved' })).toBe(true);
    expect(offered({ status: 'partly_reversed' })).toBe(true);
    expect(offered({ status: 'reversed' })).toBe(false);
    expect(offered({ status: 'submitted' })).toBe(false);
    expect(offered({ status: 'approved', reversal: as('open') })).toBe(false);
    const rep = by.actor && { ...by.actor, roles: ['rep' as const] };
    expect(offered({ status: 'approved' }, { ...by, actor: rep })).toBe(false);
    const refunds = (more: Parameters<typeof aReceipt>[0]) =>
      JSON.stringify(receiptModal(aReceipt(more), by, METHODS)).includes('receipt.refund');
    expect(refunds({ status: 'approved', unapplied: 1n })).toBe(true);
    expect(refunds({ status: 'approved', unapplied: 0n })).toBe(false);
    expect(refunds({ status: 'submitted', unapplied: 1n })).toBe(false);
    expect(refunds({ status: 'approved', unapplied: 1n, reversal: as('open') })).toBe(false);
  });
});
