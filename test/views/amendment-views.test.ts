import { describe, expect, it } from 'vitest';
import type { PresentContract } from '../../src/domain/contracts/amendment.js';
import type { ChangeDetails } from '../../src/domain/contracts/amendment.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { amendmentForm } from '../../src/handlers/views/amendment-form-views.js';
import { amendmentPreview } from '../../src/handlers/views/amendment-preview-views.js';
import { changeCardMessage, changeDecidedMessage } from '../../src/handlers/views/amendment-views.js';
import { contractCardModal } from '../../src/handlers/views/contract-views.js';
import { anApproval } from '../support/approval-details.js';
import { aContract } from '../support/contract-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const SETTINGS = companySettings.parse({});
const ID = (n: number) => `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const HUGE = 999_999_999_999_999n;

const asked = (n: number, name = nasty(60)) => ({
  id: ID(n),
  seq: n,
  name,
  amount: HUGE,
  dueOn: localDate('2027-12-31'),
  isRetention: true,
  anchorKind: null,
  anchorOffset: null,
});
const FIELDS = { name: nasty(120), amount: HUGE, paymentMethod: 'transfer', startsOn: null, endsOn: null };

function change(rows: number, more: Partial<ChangeDetails> = {}): ChangeDetails {
  const numbers = Array.from({ length: rows }, (_, index) => index + 1);
  return {
    id: ID(900),
    contractId: ID(901),
    no: 12,
    status: 'open',
    reason: nasty(500),
    before: { fields: { ...FIELDS, amount: 1n, name: '旧' }, rows: numbers.map((n) => asked(n, '旧名')) },
    after: {
      fields: {
        ...FIELDS,
        startsOn: localDate('2026-01-01'),
        endsOn: localDate('2027-12-31'),
        paymentMethod: null,
      },
      rows: [...numbers.slice(1).map((n) => asked(n)), { ...asked(0), id: null, seq: null }],
      keepRest: true,
    },
    amountDelta: -HUGE,
    by: nasty(80),
    approval: anApproval({
      id: ID(902),
      requestedBy: { id: 'rep', name: nasty(80) },
      approvers: [{ id: 'owner', name: nasty(80) }],
      step: 1,
      steps: 2,
    }),
    problems: [
      { problem: 'rows_changed', seqs: numbers },
      { problem: 'contract_changed' },
      { problem: 'below_paid', rowId: ID(1), seq: 1, min: HUGE },
      { problem: 'has_money', rowId: ID(1), amount: HUGE },
      { problem: 'exceeds', difference: HUGE },
      { problem: 'incomplete', difference: HUGE },
    ],
    waiting: numbers.map((seq) => ({ seq, amount: HUGE })),
    ...more,
  };
}

const present = (rows: number): PresentContract => ({
  fields: FIELDS,
  rows: Array.from({ length: rows }, (_, index) => ({
    ...asked(index + 1),
    isOpen: index % 5 !== 4,
    paid: index % 2 === 0 ? HUGE - 1n : 0n,
    proposed: 0n,
  })),
});

const contract = (changes: readonly ChangeDetails[] = []) =>
  aContract({
    status: 'active',
    name: nasty(120),
    customer: { id: ID(1), name: nasty(120), code: 'KH-1' },
    changes,
  });

/** What people typed, where Slack would read it as a command: labels for screen readers and titles are not. */
const PING = /"mrkdwn","text":"[^"]*<!channel>/;

describe.each(LOCALES)('in %s', (locale) => {
  const to = reader(locale);

  it.each([0, 1, 60, 200])('a form of %i rows, and its preview', (rows) => {
    const { before, after } = change(Math.min(rows, 60));
    const { paymentMethods } = SETTINGS;
    for (const counted of [null, nasty(300)]) {
      const data = { contract: contract(), present: present(rows), paymentMethods, counted };
      expectModal(amendmentForm({ ...data, metadata: '{}' }, to));
    }
    for (const hasPast of [false, true]) {
      const data = { contract: contract(), before, after, planned: HUGE - 1n, hasPast, paymentMethods };
      const view = amendmentPreview({ ...data, metadata: '{}' }, to);
      expectModal(view);
      expect(JSON.stringify(view)).not.toMatch(PING);
    }
  });

  it.each([0, 1, 60])('a card that changes %i rows, open and decided', (rows) => {
    for (const status of ['open', 'approved', 'rejected', 'withdrawn'] as const) {
      const open = change(rows);
      const approval = { ...open.approval, status, reason: 'other', comment: nasty(3000) };
      const one = { ...open, status, approval };
      const card = changeCardMessage(contract(), one, SETTINGS.paymentMethods, to);
      expectMessage(card);
      expect(JSON.stringify(card.blocks)).not.toMatch(PING);
      const told = changeDecidedMessage(contract(), one, to);
      expect(told === null).toBe(status === 'open');
      if (told) expectMessage(told);
    }
  });

  it('is taken back as long as no step is decided', () => {
    const step = { seq: 1, by: { id: 'm', name: '韩' }, inPlaceOf: null, also: [], at: new Date(0) };
    for (const decidedSteps of [[], [step]]) {
      const approval = anApproval({ requestedBy: { id: 'owner', name: '李' }, steps: 2, decidedSteps });
      const view = contractCardModal(contract([change(1, { approval })]), SETTINGS, to);
      expect(JSON.stringify(view).includes('approval.withdraw')).toBe(decidedSteps.length === 0);
    }
  });

  it('a contract card with thirty amendments, one open', () => {
    const changes = Array.from({ length: 30 }, (_, index) =>
      change(60, index === 0 ? {} : { status: 'approved' }),
    );
    const view = contractCardModal(contract(changes), SETTINGS, to);
    expectModal(view);
    expect(JSON.stringify(view)).not.toMatch(PING);
  });
});
