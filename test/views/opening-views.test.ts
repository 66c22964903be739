import { describe, expect, it } from 'vitest';
import type { OpeningFacts } from '../../src/domain/imports/opening.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { importMessage } from '../../src/handlers/views/import-views.js';
import { openingCard, openingDecided, openingModal } from '../../src/handlers/views/opening-views.js';
import { waitingRow } from '../../src/handlers/views/waiting-views.js';
import { anApproval } from '../support/approval-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const person = (name: string) => ({ id: 'owner', name });
const sums = ['CNY', 'USD', 'EUR', 'JPY'].map((currency) => ({ currency, minor: MAX_MINOR, rows: 200_000 }));
const facts = (
  status: OpeningFacts['approval']['status'],
  more: Partial<OpeningFacts> = {},
): OpeningFacts => ({
  id: ID,
  fileName: nasty(200),
  status: 'waiting',
  askedBy: person(nasty(200)),
  rows: 800_000,
  sums,
  largest: Array.from({ length: 5 }, () => ({
    target: nasty(200),
    amount: MAX_MINOR,
    currency: 'CNY',
    receivedOn: localDate('2020-01-01'),
  })),
  created: 200_000,
  skipped: 200_000,
  failed: 200_000,
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
  ...more,
});

describe.each(LOCALES)('opening balances with the longest data, %s', (locale) => {
  const by = reader(locale);
  const finance = { ...by, actor: by.actor && { ...by.actor, roles: ['finance' as const] } };

  it.each(['open', 'approved', 'rejected', 'withdrawn'] as const)(
    'card, window and messages: %s',
    (status) => {
      for (const end of ['waiting', 'running', 'done', 'stopped', 'failed'] as const) {
        const one = facts(status, { status: end });
        expectMessage(openingCard(one, by));
        expectModal(openingModal(one, finance, nasty(100)));
      }
      const shown = JSON.stringify(openingCard(facts(status), by).blocks);
      expect(shown.includes('approval.approve')).toBe(status === 'open');
      expectMessage(openingDecided(facts(status), by));
      expect(openingDecided(facts(status), by).text).not.toContain('<!channel>');
    },
  );

  it('what came of them stands on the card, and its rows on Home and in the sender’s message', () => {
    const done = facts('approved', { status: 'done', created: 12, skipped: 3, failed: 1 });
    const text = JSON.stringify(openingCard(done, by).blocks);
    expect(text).toContain(
      locale === 'en' ? '12 booked, 3 skipped, 1 with errors' : '已入账 12 笔，跳过 3，错误 1',
    );
    const item = { kind: 'opening' as const, approval: { id: ID, version: 1 }, fileName: nasty(200), sums };
    const rows = waitingRow({ ...item, who: nasty(200), since: new Date('2026-11-20T02:32:00Z') }, by);
    expectMessage({ text: 'x', blocks: rows });
    const counts = { total: 9, created: 9, changed: 0, skipped: 0, failed: 0, processed: 0 };
    const state = { ...counts, id: ID, status: 'waiting' as const, kind: 'opening' as const };
    const { approval } = facts('open');
    expectMessage(importMessage({ ...state, fileName: nasty(200) }, by.t, [], { approval }));
  });
});
