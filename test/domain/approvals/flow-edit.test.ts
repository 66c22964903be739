import { describe, expect, it } from 'vitest';
import { approvalFlow, chooseFlow, DEFAULT_FLOWS } from '../../../src/domain/approvals/flow.js';
import {
  allowedRoles,
  conditionOf,
  conditionProblem,
  decideFlow,
  editableFlows,
  isOwnFlow,
  newFlow,
  putFlow,
} from '../../../src/domain/approvals/flow-edit.js';

const flowOf = (key: string) => {
  const flow = DEFAULT_FLOWS.find((one) => one.key === key);
  if (!flow) throw new Error(key);
  return flow;
};
const HOLDERS = { finance: 2, finance_manager: 1, sales_director: 1, sales_manager: 3, admin: 1 };
const any = (...roles: string[]) => ({ mode: 'any' as const, roles });

describe('what an admin writes as steps', () => {
  it('is limited to who may decide at all (rules §12)', () => {
    expect(allowedRoles('receipt')).toEqual(['finance', 'finance_manager']);
    expect(allowedRoles('contract')).toEqual(['manager', 'sales_director', 'finance_manager']);
    expect(allowedRoles('postponement')).toEqual(['manager', 'sales_director']);
    expect(allowedRoles('reversal')).toEqual(['sales_director', 'finance_manager']);
  });

  it('takes every default flow as it is', () => {
    for (const flow of DEFAULT_FLOWS) {
      if (allowedRoles(flow.subject).length === 0) continue;
      expect(decideFlow(flow, flow.steps, HOLDERS), flow.key).toEqual({ ok: true, flow });
    }
  });

  it('adds and removes steps, closes gaps, keeps the rest of the flow', () => {
    const flow = flowOf('receipt');
    const steps = [any('finance'), any(), { mode: 'all' as const, roles: ['finance_manager'] }, any(), any()];
    expect(decideFlow(flow, steps, HOLDERS)).toEqual({
      ok: true,
      flow: {
        ...flow,
        steps: [
          { mode: 'any', roles: ['finance'], people: [] },
          { mode: 'all', roles: ['finance_manager'], people: [] },
        ],
      },
    });
  });

  it.each([
    ['no step at all', [any(), any()], [{ step: 0, code: 'flow.no_step' }]],
    [
      'roles that may not',
      [any('sales_director'), any('admin', 'finance')],
      [
        { step: 0, code: 'flow.role_not_allowed', params: { role: 'sales_director' } },
        { step: 1, code: 'flow.role_not_allowed', params: { role: 'admin' } },
      ],
    ],
    [
      'one person for two steps',
      [any('finance_manager'), any('finance'), any('finance_manager')],
      [{ step: 2, code: 'flow.too_few', params: { role: 'finance_manager', steps: 2 } }],
    ],
  ])('%s is refused', (_what, steps, problems) => {
    expect(decideFlow(flowOf('receipt'), steps, HOLDERS)).toMatchObject({ ok: false, problems });
  });

  it('refuses a role that nobody holds; the owner’s manager is nobody’s role', () => {
    expect(decideFlow(flowOf('receipt'), [any('finance')], {})).toMatchObject({
      ok: false,
      problems: [{ step: 0, code: 'flow.nobody', params: { role: 'finance' } }],
    });
    expect(decideFlow(flowOf('contract'), [any('manager')], {})).toMatchObject({ ok: true });
  });
});

describe('named people of a step', () => {
  const PERSON = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
  const flow = {
    ...flowOf('receipt'),
    steps: [{ mode: 'any' as const, roles: ['finance' as const], people: [PERSON] }],
  };

  it('stay where the step stays, and go with it', () => {
    expect(decideFlow(flow, [any('finance'), any('finance_manager')], HOLDERS)).toEqual({
      ok: true,
      flow: {
        ...flow,
        steps: [
          { mode: 'any', roles: ['finance'], people: [PERSON] },
          { mode: 'any', roles: ['finance_manager'], people: [] },
        ],
      },
    });
    expect(decideFlow(flow, [any(), any('finance_manager')], HOLDERS)).toMatchObject({
      flow: { steps: [{ roles: ['finance_manager'], people: [] }] },
    });
    // A word that is no role asks the named people alone; without people it is no step.
    expect(decideFlow(flow, [any('nobody')], HOLDERS)).toMatchObject({
      flow: { steps: [{ roles: [], people: [PERSON] }] },
    });
    expect(decideFlow(flowOf('receipt'), [any('nobody')], HOLDERS)).toMatchObject({ ok: false });
  });

  it('can decide beside the role, which then need not have two holders', () => {
    const twice = [any('finance_manager'), any('finance'), any('finance_manager')];
    const named = {
      ...flow,
      steps: [1, 2, 3].map(() => ({ mode: 'any' as const, roles: [], people: [PERSON] })),
    };
    expect(decideFlow(named, twice, HOLDERS)).toMatchObject({ ok: true });
    const either = [any('finance', 'finance_manager'), any('finance', 'finance_manager')];
    expect(decideFlow(flowOf('receipt'), either, { finance: 1, finance_manager: 1 })).toMatchObject({
      ok: true,
    });
  });

  it('more than five steps are not read', () => {
    const many = Array.from({ length: 6 }, () => any('finance', 'finance_manager'));
    const decided = decideFlow(flowOf('receipt'), many, HOLDERS);
    expect(decided.ok && decided.flow.steps.length).toBe(5);
  });
});

describe('what can be edited', () => {
  it('is every flow of what the app asks about, the company’s own before the defaults of subjects it has none of', () => {
    const own = { ...flowOf('receipt'), key: 'receipt' };
    const edited = editableFlows([own]);
    expect(edited.filter((flow) => flow.subject === 'receipt')).toEqual([own]);
    const others = DEFAULT_FLOWS.filter((flow) => flow.subject !== 'receipt');
    expect(edited.slice(1)).toEqual(others);
    expect(editableFlows(DEFAULT_FLOWS)).toEqual(DEFAULT_FLOWS);
    const strange = { ...own, subject: 'nothing' as 'receipt' };
    expect(editableFlows([strange, ...DEFAULT_FLOWS])).toEqual(DEFAULT_FLOWS);
  });

  it('has a condition besides the amount where somebody tells it', () => {
    const of = (subject: Parameters<typeof conditionOf>[0]) => conditionOf(subject);
    expect(['receipt', 'reversal', 'refund', 'reallocation'].map((one) => of(one as 'receipt'))).toEqual(
      Array.from({ length: 4 }, () => 'method'),
    );
    expect(of('contract')).toBe('contractType');
    for (const subject of ['contract_void', 'postponement', 'write_off', 'small_difference'] as const)
      expect(of(subject)).toBeNull();
  });

  it('asks the owner’s manager only where a manager may decide', () => {
    expect(allowedRoles('contract_void')).toEqual(['sales_director', 'finance_manager']);
    expect(allowedRoles('write_off')).not.toContain('manager');
  });
});

describe('steps of the company’s own', () => {
  const bills = { ...newFlow('receipt', DEFAULT_FLOWS), method: 'acceptance_bill' };
  const withSteps = {
    ...bills,
    steps: [{ mode: 'any' as const, roles: ['finance_manager' as const], people: [] }],
  };

  it('are told from the app’s by their key, and begin empty', () => {
    expect(newFlow('receipt', [])).toEqual({
      key: 'own_1',
      subject: 'receipt',
      minAmount: null,
      method: null,
      contractType: null,
      creditExceeded: false,
      steps: [],
    });
    const taken = [1, 2].map((n) => ({ ...bills, key: `own_${n}` }));
    expect(newFlow('receipt', taken).key).toBe('own_3');
    expect(DEFAULT_FLOWS.filter(isOwnFlow)).toEqual([]);
    expect([bills, { key: 'my_own_' }].map(isOwnFlow)).toEqual([true, false]);
  });

  it('need a condition, and one that no other of the subject has', () => {
    for (const condition of [{ minAmount: 7 }, { method: 'cash' }, { contractType: 'parts' }])
      expect(conditionProblem({ ...newFlow('contract', []), ...condition }, DEFAULT_FLOWS)).toBeNull();
    // As another subject has it.
    const large = { ...newFlow('contract', []), minAmount: 500_000_00 };
    expect(conditionProblem(large, DEFAULT_FLOWS)).toBeNull();
    expect(conditionProblem(newFlow('receipt', DEFAULT_FLOWS), DEFAULT_FLOWS)).toBe('flow.no_condition');
    expect(conditionProblem(bills, DEFAULT_FLOWS)).toBeNull();
    const cash = { ...bills, method: 'cash', minAmount: 10_000_00 };
    expect(conditionProblem(cash, DEFAULT_FLOWS)).toBe('flow.same_condition');
    // The defaults of a subject hold where the company has none of its own for it.
    expect(conditionProblem(cash, [])).toBe('flow.same_condition');
    // Itself is no other.
    expect(conditionProblem(withSteps, [...DEFAULT_FLOWS, withSteps])).toBeNull();
  });

  it('get a free key that can be stored, and stand beside the defaults of their subject', () => {
    expect(approvalFlow.parse(withSteps)).toEqual(withSteps);
    const next = newFlow('contract', [...DEFAULT_FLOWS, withSteps]);
    expect(next.key).not.toBe(withSteps.key);
    expect(putFlow(DEFAULT_FLOWS, withSteps)).toEqual([...DEFAULT_FLOWS, withSteps]);
    const receipts = DEFAULT_FLOWS.filter((flow) => flow.subject === 'receipt');
    expect(putFlow([], withSteps)).toEqual([...receipts, withSteps]);
    const changed = { ...withSteps, minAmount: 5 };
    expect(putFlow([...receipts, withSteps], changed)).toEqual([...receipts, changed]);
  });

  it('hold where their condition does, and nowhere else', () => {
    const flows = putFlow(DEFAULT_FLOWS, withSteps);
    const chosen = (method: string) => chooseFlow('receipt', { amountInBase: 100n, method }, flows).key;
    expect([chosen('acceptance_bill'), chosen('transfer')]).toEqual([withSteps.key, 'receipt']);
  });
});
