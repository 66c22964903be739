// A proposed credit limit in windows and messages: valid with the longest data, and nothing of it pings.
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import type { LimitProposalFacts } from '../../src/domain/customers/credit-event.queries.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { creditCard, creditDecided, waitingLimit } from '../../src/handlers/views/credit-views.js';
import { anApproval } from '../support/approval-details.js';
import { expectMessage, LOCALES, nasty, reader } from '../support/view-check.js';

const PING = /"mrkdwn","text":"[^"]*<!channel>/;
const STATES = ['open', 'approved', 'rejected', 'withdrawn'] as const;

describe.each(LOCALES)('in %s', (locale) => {
  const facts = (
    status: (typeof STATES)[number],
    more: Partial<LimitProposalFacts> = {},
  ): LimitProposalFacts => ({
    id: 'e',
    customer: { id: '00000000-0000-7000-8000-000000000001', code: 'KH-0001', name: nasty(120) },
    from: null,
    to: MAX_MINOR,
    currency: 'CNY',
    reason: nasty(500),
    evidence: { exposure: MAX_MINOR, overdue: null, oldestDays: 9999, received: 0n },
    askedBy: { id: 'finance', name: nasty(80) },
    approval: anApproval({
      status,
      comment: nasty(500),
      ...(status !== 'open' && { decidedBy: { id: 'x', name: nasty(80) }, decidedAt: new Date(0) }),
    }),
    ...more,
  });

  it.each(STATES)('its card and what is told: %s', (status) => {
    for (const more of [{}, { from: 0n, to: null, evidence: null }]) {
      const messages = [
        creditCard(facts(status, more), reader(locale)),
        creditDecided(facts(status, more), reader(locale)),
      ];
      for (const message of messages) {
        expectMessage(message);
        expect(JSON.stringify(message.blocks)).not.toMatch(PING);
      }
    }
    expect(validateBlocks('modal', waitingLimit(facts(status), reader(locale)))).toEqual([]);
  });
});
