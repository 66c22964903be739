import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { parsePlanLines } from '../../src/domain/plans/plan-lines.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { contractOption, HOWS, type PlanFormState, planForm } from '../../src/handlers/views/plan-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const TODAY = localDate('2026-11-20');

const target = {
  contractId: ID,
  contractNumber: `HT-2026-${'9'.repeat(20)}`,
  contractName: nasty(120),
  contractStatus: 'active',
  customerId: ID,
  customerName: nasty(120),
  customerCode: 'KH-0001',
  ownerId: 'owner',
  currency: 'CNY',
  amount: MAX_MINOR,
  planned: 0n,
  paymentMethod: 'cash',
  nextSeq: 1,
};
const empty: PlanFormState = {
  requestId: ID,
  customer: null,
  target: null,
  how: 'one',
  askAlreadyDue: false,
  preview: null,
};
const customer = { id: ID, name: nasty(120), code: 'KH-0001' };

describe.each(LOCALES)('the new-plan modal in %s', (locale) => {
  const who = reader(locale);

  it('stands in every step', () => {
    expectModal(planForm(empty, who, METHODS));
    expectModal(planForm({ ...empty, customer }, who, METHODS));
    for (const how of HOWS) {
      expectModal(planForm({ ...empty, customer, target, how, askAlreadyDue: true }, who, METHODS));
      expectModal(
        planForm({ ...empty, customer, target: { ...target, planned: MAX_MINOR }, how }, who, METHODS),
      );
    }
  });

  it.each([1, 60])('previews %i rows', (count) => {
    const rows = Array.from({ length: count }, () => ({ name: nasty(60), amount: MAX_MINOR, dueOn: null }));
    const preview = { rows, unplanned: 1n, mark: '60-abc' };
    expectModal(planForm({ ...empty, customer, target, how: 'several', preview }, who, METHODS));
  });

  it('cuts only the name in an option, never the number or the balance', () => {
    const { text } = contractOption(target, who).text;
    expect([...text].length).toBeLessThanOrEqual(75);
    expect(text).toContain(target.contractNumber);
    expect(text).toContain('9,999,999,999,999.99');
  });

  it('gives dependent fields ids with their parent, so that Slack forgets what belonged to another', () => {
    const ids = planForm({ ...empty, customer, target }, who, METHODS).blocks.map(
      (block) => block.block_id ?? '',
    );
    expect(ids).toContain(`contract|${ID}`);
    expect(ids).toContain(`amount|${ID}|one`);
  });
});

describe('lines of a plan', () => {
  it('takes name, amount and date of each line, empty lines aside', () => {
    expect(parsePlanLines('首付款 30万 2026-12-01\n\n进度 款 ２０万 待定\n', 'CNY', TODAY)).toEqual({
      ok: true,
      rows: [
        { name: '首付款', amount: 300_000_00n, dueOn: '2026-12-01' },
        { name: '进度 款', amount: 200_000_00n, dueOn: null },
      ],
    });
  });

  it.each([
    ['', 1],
    ['首付款 30万', 1],
    ['30万 2026-12-01', 1],
    ['a 1 2026-12-01\n\nb 1 2026-02-30', 3],
    ['a 0 2026-12-01', 1],
    [`${'长'.repeat(61)} 1 2026-12-01`, 1],
    [Array.from({ length: 61 }, () => 'a 1 2026-12-01').join('\n'), 61],
  ])('names the line it cannot read: %j', (text, line) => {
    expect(parsePlanLines(text, 'CNY', TODAY)).toEqual({ ok: false, line });
  });
});
