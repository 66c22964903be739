import { describe, expect, it } from 'vitest';
import {
  type ApprovalFlow,
  chooseFlow,
  DEFAULT_FLOWS,
  FLOW_SUBJECTS,
  type FlowFacts,
  matchesFlow,
  toBase,
} from '../../../src/domain/approvals/flow.js';
import { companySettings } from '../../../src/domain/settings/settings.js';

const key = (subject: ApprovalFlow['subject'], facts: Partial<FlowFacts>, flows = DEFAULT_FLOWS) =>
  chooseFlow(subject, { amountInBase: 1n, ...facts }, flows).key;

describe('the flow of an approval', () => {
  it.each<[ApprovalFlow['subject'], Partial<FlowFacts>, string]>([
    ['receipt', { amountInBase: 499_999_99n }, 'receipt'],
    ['receipt', { amountInBase: 500_000_00n }, 'receipt_large'],
    ['receipt', { amountInBase: 9_999_99n, method: 'cash' }, 'receipt'],
    ['receipt', { amountInBase: 10_000_00n, method: 'cash' }, 'receipt_cash'],
    ['receipt', { amountInBase: 600_000_00n, method: 'cash' }, 'receipt_large'],
    ['receipt', { amountInBase: null }, 'receipt_large'],
    ['contract', { amountInBase: 999_999_99n }, 'contract'],
    ['contract', { amountInBase: 1_000_000_00n }, 'contract_large'],
    ['contract', { amountInBase: null }, 'contract_large'],
    ['contract', { amountInBase: 1n, creditExceeded: true }, 'contract_credit'],
    ['contract', { amountInBase: 1n, creditExceeded: false }, 'contract'],
    ['postponement', { amountInBase: null }, 'postponement'],
    ['write_off', { amountInBase: 49_999_99n }, 'write_off'],
    ['write_off', { amountInBase: 50_000_00n }, 'write_off_large'],
    ['small_difference', { amountInBase: 1n }, 'small_difference'],
    ['reversal', {}, 'reversal'],
  ])('%s %o: %s', (subject, facts, expected) => {
    expect(key(subject, facts)).toBe(expected);
  });

  it('asks the people of the credit flow as well, whatever flows the company has', () => {
    const step = (role: 'manager' | 'finance') => ({ mode: 'any' as const, roles: [role], people: [] });
    const own = {
      key: 'own',
      subject: 'contract',
      minAmount: null,
      method: null,
      contractType: null,
    } as const;
    const flows = [{ ...own, creditExceeded: false, steps: [step('manager'), step('finance')] }];
    const roles = (creditExceeded: boolean) =>
      chooseFlow('contract', { amountInBase: 1n, creditExceeded }, flows).steps.flatMap((one) => one.roles);
    expect(roles(false)).toEqual(['manager', 'finance']);
    expect(roles(true)).toEqual(['manager', 'finance', 'sales_director', 'finance_manager']);
  });

  it('is the strictest of those whose conditions hold, in whatever order they are written', () => {
    const base = DEFAULT_FLOWS[0];
    if (!base) throw new Error('no flow');
    const parts: ApprovalFlow = { ...base, key: 'parts', contractType: 'parts', subject: 'contract' };
    const credit: ApprovalFlow = {
      ...parts,
      key: 'credit',
      contractType: null,
      creditExceeded: true,
      steps: [...base.steps, ...base.steps, ...base.steps, ...base.steps],
    };
    const flows = [credit, ...DEFAULT_FLOWS, parts];
    expect(key('contract', { contractType: 'parts' }, flows)).toBe('parts');
    expect(key('contract', { contractType: 'parts' }, flows.toReversed())).toBe('parts');
    expect(key('contract', { contractType: 'vehicle' }, flows)).toBe('contract');
    expect(key('contract', { creditExceeded: true }, flows)).toBe('credit');
    expect(matchesFlow(parts, { amountInBase: 1n })).toBe(false);
  });

  it('never misses: a subject whose flows were all taken away has the defaults', () => {
    for (const subject of FLOW_SUBJECTS) expect(key(subject, {}, [])).toBe(key(subject, {}));
  });

  it('is stored whole in the settings', () => {
    const { approvalFlows, soloMode, exchangeRates } = companySettings.parse({});
    expect(approvalFlows).toEqual(DEFAULT_FLOWS);
    expect({ soloMode, exchangeRates }).toEqual({ soloMode: false, exchangeRates: [] });
  });
});

describe('an amount in the base currency', () => {
  const rates = [
    { currency: 'USD', rate: '7.1' },
    { currency: 'JPY', rate: '0.048512' },
  ];
  it.each([
    [100n, 'CNY', 100n],
    [100_00n, 'USD', 710_00n],
    [1n, 'USD', 8n],
    [1_000_000n, 'JPY', 48_512_00n],
    [100n, 'EUR', null],
  ])('%s %s', (minor, currency, expected) => {
    expect(toBase({ minor, currency }, 'CNY', rates)).toBe(expected);
  });
});
