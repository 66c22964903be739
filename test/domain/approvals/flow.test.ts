import { describe, expect, it } from 'vitest';
import {
  type ApprovalFlow,
  approvalFlow,
  chooseFlow,
  DEFAULT_FLOWS,
  exchangeRate,
  FLOW_SUBJECTS,
  type FlowFacts,
  fromBase,
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
    ['refund', {}, 'refund'],
    ['reallocation', {}, 'reallocation'],
    ['contract_void', {}, 'contract_void'],
    ['credit_limit', {}, 'credit_limit'],
    ['opening', {}, 'opening'],
  ])('%s %o: %s', (subject, facts, expected) => {
    expect(key(subject, facts)).toBe(expected);
  });

  it('asks of each default the roles of rules §6, one step after the other', () => {
    const roles = Object.fromEntries(
      DEFAULT_FLOWS.map((one) => [one.key, one.steps.map((step) => step.roles.join('/')).join(', ')]),
    );
    expect(roles).toEqual({
      receipt: 'finance/finance_manager',
      receipt_cash: 'finance_manager',
      receipt_large: 'finance, finance_manager',
      contract: 'manager',
      contract_large: 'manager, sales_director, finance_manager',
      contract_credit: 'manager, sales_director, finance_manager',
      contract_void: 'finance_manager',
      postponement: 'manager',
      write_off: 'finance_manager',
      write_off_large: 'finance_manager, sales_director',
      small_difference: 'finance/finance_manager',
      reversal: 'finance_manager',
      refund: 'finance_manager',
      reallocation: 'finance_manager',
      credit_limit: 'finance_manager',
      opening: 'finance/finance_manager',
    });
    expect(DEFAULT_FLOWS.every((one) => one.steps.every((step) => step.mode === 'any'))).toBe(true);
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

  it('prefers the higher threshold, then more conditions, then the first by name', () => {
    const flowOf = (key: string, more: Partial<ApprovalFlow>): ApprovalFlow => ({
      key,
      subject: 'receipt',
      minAmount: null,
      method: null,
      contractType: null,
      creditExceeded: false,
      // More than any default has, so that only these compete.
      steps: Array.from({ length: 4 }, () => ({ mode: 'any', roles: ['finance'], people: [] })),
      ...more,
    });
    const facts = { amountInBase: 100n, method: 'cash', contractType: 'parts' };
    const chosen = (...flows: ApprovalFlow[]) =>
      [flows, flows.toReversed()].map((order) => chooseFlow('receipt', facts, order).key);
    expect(chosen(flowOf('a', { minAmount: 10, method: 'cash' }), flowOf('b', { minAmount: 20 }))).toEqual([
      'b',
      'b',
    ]);
    expect(chosen(flowOf('a', { method: 'cash' }), flowOf('b', { minAmount: 20 }))).toEqual(['b', 'b']);
    expect(chosen(flowOf('a', {}), flowOf('b', { method: 'cash' }))).toEqual(['b', 'b']);
    const both = flowOf('b', { method: 'cash', contractType: 'parts' });
    expect(chosen(flowOf('a', { method: 'cash' }), both)).toEqual(['b', 'b']);
    expect(chosen(flowOf('b', { method: 'cash' }), flowOf('a', { contractType: 'parts' }))).toEqual([
      'a',
      'a',
    ]);
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

describe('a flow as it is stored', () => {
  const step = { mode: 'all', roles: ['finance'], people: [] };
  const stored = {
    key: 'own_1',
    subject: 'receipt',
    minAmount: null,
    method: null,
    contractType: null,
    steps: [step],
  };
  const takes = (more: object) => approvalFlow.safeParse({ ...stored, ...more }).success;

  it('holds without a limit exceeded unless it says so', () => {
    expect(approvalFlow.parse(stored)).toEqual({ ...stored, creditExceeded: false });
  });

  it.each<[string, object, boolean]>([
    ['a key with more before it', { key: 'A b' }, false],
    ['a key with more behind it', { key: 'b A' }, false],
    ['a key of 41', { key: 'a'.repeat(41) }, false],
    ['no steps', { steps: [] }, false],
    ['five steps', { steps: [step, step, step, step, step] }, true],
    ['six steps', { steps: [step, step, step, step, step, step] }, false],
    ['a step for nobody', { steps: [{ ...step, roles: [] }] }, false],
    [
      'a step for a person',
      { steps: [{ ...step, roles: [], people: ['01a1f6ae-9900-72e0-ad7e-d0bbdf900c60'] }] },
      true,
    ],
    ['a step of another mode', { steps: [{ ...step, mode: '' }] }, false],
    ['a threshold of nothing', { minAmount: 0 }, false],
  ])('%s', (_what, more, expected) => expect(takes(more)).toBe(expected));
});

describe('an exchange rate', () => {
  it.each<[string, string, boolean]>([
    ['USD', '7', true],
    ['USD', '7.1', true],
    ['USD', '0.000001', true],
    ['USD', '999999999.999999', true],
    ['USD', '1000000000', false],
    ['USD', '7.1234567', false],
    ['USD', '0.000000', false],
    ['USD', '0', false],
    ['USD', '-7', false],
    ['USD', '7.', false],
    ['USD', '7x', false],
    ['USD', 'a.b', false],
    ['USD', '7.b', false],
    ['US', '7', false],
    ['usd', '7', false],
    ['XUSD', '7', false],
    ['USD1', '7', false],
  ])('%s %s: %s', (currency, rate, expected) => {
    expect(exchangeRate.safeParse({ currency, rate }).success).toBe(expected);
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

  it.each<[minor: bigint, currency: string, expected: bigint]>([
    [1_00n, 'CNY', 1_00n],
    [1_00n, 'USD', 14n],
    [50_00n, 'USD', 7_04n],
    [1_00n, 'JPY', 20n],
    [1_00n, 'KWD', 43n],
    [1_00n, 'EUR', 0n],
  ])('%s of the base is %s so much, rounded down', (minor, currency, expected) => {
    const rates = [
      { currency: 'USD', rate: '7.1' },
      { currency: 'JPY', rate: '0.0483' },
      { currency: 'KWD', rate: '23' },
    ];
    expect(fromBase(minor, currency, 'CNY', rates)).toBe(expected);
  });
});
