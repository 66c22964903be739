import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import {
  contractChangedMessage,
  contractDeletedMessage,
  voidModal,
} from '../../src/handlers/views/contract-end-views.js';
import { contractCardModal } from '../../src/handlers/views/contract-views.js';
import { voidCard, voidDecided } from '../../src/handlers/views/contract-void-views.js';
import { anApproval } from '../support/approval-details.js';
import { aContract } from '../support/contract-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const VOIDED = { on: localDate('2026-11-19'), reason: nasty(500) };

/** What people typed, where Slack would read it as a command: labels for screen readers and titles are not. */
const PING = /"mrkdwn","text":"[^"]*<!channel>/;

describe.each(LOCALES)('in %s', (locale) => {
  it.each([0, 1, 60])('asks why with %i rows', (count) => {
    const row = aContract().rows[0];
    const rows = Array.from({ length: count }, () => row).filter((one) => one !== undefined);
    expectModal(voidModal(aContract({ rows, name: nasty(120) }), reader(locale), '{}'));
  });

  it.each(['completed', 'reopened', 'voided', 'assigned'] as const)('tells the owner: %s', (event) => {
    const contract = aContract({ name: nasty(120), voided: VOIDED });
    const credit = { exposure: MAX_MINOR, limit: 1n, currency: 'CNY' };
    const change = { event, who: nasty(80), credit, moved: null };
    const message = contractChangedMessage(contract, change, reader(locale));
    expectMessage(message);
    const told = (more: Partial<typeof credit>) =>
      contractChangedMessage(contract, { ...change, credit: { ...credit, ...more } }, reader(locale));
    expect(told({}).blocks).toHaveLength(3);
    expect(told({ limit: MAX_MINOR }).blocks).toHaveLength(2);
    expect(JSON.stringify(message.blocks)).not.toMatch(PING);
  });

  it('tells the owner of a completed contract what came in and what was written off', () => {
    const change = { event: 'completed', who: 'Frank', credit: null, moved: null } as const;
    const told = (adjusted: bigint) => {
      const contract = aContract({ amount: 1_740_000_00n, received: 1_740_000_00n - adjusted, adjusted });
      const message = contractChangedMessage(contract, change, reader(locale));
      expectMessage(message);
      return message.text;
    };
    const isWhole = locale === 'en' ? 'is paid in full, CN¥1,740,000.00' : '已全部回款，¥1,740,000.00';
    expect(told(0n)).toContain(isWhole);
    expect(told(160_999_45n)).toContain(
      locale === 'en'
        ? 'is completed: CN¥1,579,000.55 received, CN¥160,999.45 written off'
        : '合同完成：已收 ¥1,579,000.55，坏账与尾差 ¥160,999.45',
    );
  });

  it('tells the owner where the money of a void contract is', () => {
    const contract = aContract({ name: nasty(120), voided: VOIDED });
    const moved = { amount: MAX_MINOR, askedBy: { id: 'm', name: nasty(80) } };
    const change = { event: 'voided', who: nasty(80), credit: null, moved } as const;
    const message = contractChangedMessage(contract, change, reader(locale));
    expectMessage(message);
    expect(message.text).toContain(
      locale === 'en' ? 'is now prepayment of the customer' : '已转为客户的预收款',
    );
    expect(JSON.stringify(message.blocks)).not.toMatch(PING);
  });

  it('tells the owner of a draft that is gone', () => {
    const gone = { number: `HT-${'9'.repeat(36)}`, name: nasty(120), customer: nasty(120), who: nasty(80) };
    const message = contractDeletedMessage(gone, reader(locale));
    expectMessage(message);
    expect(JSON.stringify(message.blocks)).not.toMatch(PING);
  });

  it.each(['open', 'approved', 'rejected', 'withdrawn'] as const)('of one with money: %s', (status) => {
    const who = { id: 'owner', name: nasty(200) };
    const facts = {
      id: 'v',
      contractId: 'c',
      amount: MAX_MINOR,
      reason: nasty(500),
      askedBy: who,
      approval: anApproval({
        id: '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60',
        status,
        step: 2,
        steps: 2,
        decidedBy: who,
        decidedAt: new Date('2026-11-20T02:32:00Z'),
        comment: nasty(3000),
        approvers: Array.from({ length: 100 }, () => who),
      }),
    };
    const contract = aContract({ name: nasty(120), received: MAX_MINOR, voiding: facts });
    expectMessage(voidCard(facts, contract, reader(locale)));
    expect(JSON.stringify(voidCard(facts, contract, reader(locale)).blocks)).not.toMatch(PING);
    expectMessage(voidDecided(facts, contract, reader(locale)));
    expectModal(contractCardModal(contract, companySettings.parse({}), reader(locale)));
    expectModal(voidModal(contract, reader(locale), '{}'));
  });

  it('shows the longest reason on the card', () => {
    const contract = aContract({ status: 'void', voided: VOIDED, completedOn: localDate('2026-11-01') });
    const view = contractCardModal(contract, companySettings.parse({}), reader(locale));
    expectModal(view);
    expect(JSON.stringify(view)).not.toMatch(PING);
  });
});
