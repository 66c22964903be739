import { describe, expect, it } from 'vitest';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { ReallocationFacts } from '../../src/domain/receipts/reallocation.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import {
  mayReallocate,
  reallocationCard,
  reallocationDecided,
  reallocationLine,
  reallocationModal,
  receiptReallocated,
} from '../../src/handlers/views/reallocation-views.js';
import { receiptHeading, receiptModal } from '../../src/handlers/views/receipt-views.js';
import { anApproval } from '../support/approval-details.js';
import { aRow } from '../support/contract-details.js';
import { aReceipt } from '../support/receipt-facts.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const person = (name: string) => ({ id: 'owner', name });
const STATUSES = ['open', 'approved', 'rejected', 'withdrawn'] as const;
const as = (status: (typeof STATUSES)[number]) =>
  ({
    id: ID,
    reason: nasty(300),
    askedBy: person(nasty(200)),
    currency: 'CNY',
    receipt: { id: ID, number: `HK-${'9'.repeat(30)}`, amount: MAX_MINOR, customerName: nasty(120) },
    changes: Array.from({ length: 80 }, (_, seq) => ({
      contractNumber: `HT-${'9'.repeat(30)}`,
      seq,
      before: MAX_MINOR,
      after: 0n,
    })),
    unapplied: { before: 0n, after: MAX_MINOR },
    approval: anApproval({
      id: ID,
      status,
      step: 2,
      steps: 2,
      approvers: Array.from({ length: 100 }, () => person(nasty(80))),
      decidedBy: person(nasty(200)),
      decidedAt: new Date('2026-11-20T02:32:00Z'),
      comment: nasty(3000),
    }),
  }) satisfies ReallocationFacts;

describe.each(LOCALES)('re-allocations with the longest data, %s', (locale) => {
  const by = reader(locale);

  it.each(STATUSES)('card and messages: %s', (status) => {
    expectMessage(reallocationCard(as(status), by));
    const shown = JSON.stringify(reallocationCard(as(status), by).blocks);
    expect(shown.includes('approval.approve')).toBe(status === 'open');
    if (status === 'approved' || status === 'rejected') expectMessage(reallocationDecided(as(status), by));
    expectMessage(reallocationLine(as(status), by));
    expectMessage(receiptReallocated({ ...as(status), approval: null }, by));
    expect(receiptReallocated(as(status), by).text).not.toContain('<!channel>');
    // Two people did it: both are named; a finance manager alone is not said to have approved it.
    expect(receiptReallocated(as(status), by).text).toMatch(/通过|approved/);
    expect(receiptReallocated({ ...as(status), approval: null }, by).text).not.toMatch(/通过|approved/);
  });

  it('the form with forty rows, and the receipt’s window', () => {
    const facts = aReceipt({ status: 'approved', reallocation: as('open') });
    expectModal(receiptModal(facts, by, METHODS));
    const rows = Array.from({ length: 40 }, (_, seq) => ({
      row: aRow(seq, { contractNumber: `HT-${'9'.repeat(30)}`, id: ID.replace(/..$/, `${10 + seq}`) }),
      current: MAX_MINOR,
      max: MAX_MINOR,
    }));
    expectModal(
      reallocationModal(
        {
          heading: receiptHeading(facts, by),
          rows,
          currency: 'CNY',
          alone: true,
          more: true,
          notice: 'x',
          metadata: '{}',
        },
        by,
      ),
    );
  });

  it('is offered of what is booked and applied, while nothing waits, to finance', () => {
    const finance = { ...by, actor: by.actor && { ...by.actor, roles: ['finance' as const] } };
    expect(mayReallocate(aReceipt({ status: 'approved' }), finance)).toBe(true);
    expect(mayReallocate(aReceipt({ status: 'approved', lines: [] }), finance)).toBe(false);
    expect(mayReallocate(aReceipt({ status: 'reversed' }), finance)).toBe(false);
    expect(mayReallocate(aReceipt({ status: 'approved', reallocation: as('open') }), finance)).toBe(false);
    const rep = { ...by, actor: by.actor && { ...by.actor, roles: ['rep' as const] } };
    expect(mayReallocate(aReceipt({ status: 'approved' }), rep)).toBe(false);
  });
});
