import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { contractChangedMessage, voidModal } from '../../src/handlers/views/contract-end-views.js';
import { contractCardModal } from '../../src/handlers/views/contract-views.js';
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

  it.each(['completed', 'reopened', 'voided'] as const)('tells the owner: %s', (event) => {
    const contract = aContract({ name: nasty(120), voided: VOIDED });
    const message = contractChangedMessage(contract, { event, who: nasty(80) }, reader(locale));
    expectMessage(message);
    expect(JSON.stringify(message.blocks)).not.toMatch(PING);
  });

  it('shows the longest reason on the card', () => {
    const contract = aContract({ status: 'void', voided: VOIDED, completedOn: localDate('2026-11-01') });
    const view = contractCardModal(contract, companySettings.parse({}), reader(locale));
    expectModal(view);
    expect(JSON.stringify(view)).not.toMatch(PING);
  });
});
