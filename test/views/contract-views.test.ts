import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';
import type { Actor, Role } from '../../src/domain/access.js';
import type { ApprovalDetails } from '../../src/domain/approvals/approval.queries.js';
import { CONTRACT_REJECT_REASONS, CONTRACT_STATUSES } from '../../src/domain/contracts/contract.js';
import type { ContractDetails } from '../../src/domain/contracts/contract.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { translator } from '../../src/handlers/i18n/index.js';
import {
  contractCardMessage,
  contractDecidedMessage,
  contractSubmitModal,
} from '../../src/handlers/views/contract-approval-views.js';
import { contractCorrectModal } from '../../src/handlers/views/contract-correct-views.js';
import {
  contractFormModal,
  contractOwnerModal,
  contractPlanModal,
  financeOwnerModal,
  frameworkOption,
} from '../../src/handlers/views/contract-form-views.js';
import { progressBar } from '../../src/handlers/views/contract-list-views.js';
import { contractCardModal } from '../../src/handlers/views/contract-views.js';
import { PLAN_HOWS } from '../../src/handlers/views/plan-step-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { anApproval } from '../support/approval-details.js';
import { aContract as contract, aRow as row } from '../support/contract-details.js';

const ID = '0190a0a0-0000-7000-8000-00000000000';
const SETTINGS = companySettings.parse({});
const LOCALES = ['zh-CN', 'en'] as const;
const TODAY = localDate('2026-11-20');
const LONG = '超长名称<@U123>&*_`😀'.repeat(10);

const actor = (id: string, ...roles: Role[]): Actor => ({
  id,
  slackUserId: 'U1',
  name: id,
  locale: 'zh-CN',
  timezone: 'Asia/Shanghai',
  roles,
  teamIds: roles.includes('sales_manager') ? ['rep'] : [],
  managerId: null,
});
const reader = (locale: 'zh-CN' | 'en', who: Actor | null = actor('rep', 'rep')): RowReader => ({
  t: translator(locale),
  locale,
  today: TODAY,
  now: new Date('2026-11-20T02:00:00Z'),
  timezone: 'Asia/Shanghai',
  actor: who,
});

const APPROVAL = anApproval({ id: `${ID}4` });
const DECIDED = { decidedBy: { id: 'manager', name: '韩梅梅' }, decidedAt: new Date('2026-11-20T01:30:00Z') };

const inApproval = (more: Partial<ApprovalDetails> = {}, rest: Partial<ContractDetails> = {}) => ({
  ...contract({ status: 'pending_approval', ...rest }),
  approval: { ...APPROVAL, ...more },
});

/** The biggest that can happen: longest names, 500 rows, everything wrong with the terms. */
const EXTREME = inApproval(
  {
    approvers: Array.from({ length: 20 }, (_, n) => ({ id: `${n}`, name: LONG })),
    requestedBy: { id: 'rep', name: LONG },
    comment: '😀'.repeat(3000),
  },
  {
    name: LONG,
    customer: { id: `${ID}2`, name: LONG, code: 'KH-0001' },
    owner: { id: 'rep', name: LONG },
    financeOwner: { id: 'finance', name: LONG },
    framework: { id: ID, number: `HT-${'9'.repeat(50)}`, name: LONG },
    children: 12_345,
    remark: '😀'.repeat(3000),
    amount: 999_999_999_999_999n,
    planned: 50_000n,
    milestones: {
      shipment: { expectedOn: localDate('2027-03-01'), actualOn: null },
      acceptance: { expectedOn: localDate('2027-02-01'), actualOn: localDate('2027-01-01') },
    },
    fileNames: Array.from({ length: 30 }, () => LONG),
    rows: Array.from({ length: 500 }, (_, n) =>
      row(n + 1, { name: LONG, isRetention: true, dueOn: localDate('2020-01-01'), state: 'overdue' }),
    ),
  },
);

const problems = (view: unknown) => validateView(view);
const messageProblems = (blocks: unknown) => validateBlocks('message', blocks);

describe.each(LOCALES)('in %s', (locale) => {
  const to = reader(locale);

  it.each<[string, ContractDetails]>([
    ['empty', contract({ rows: [], planned: 0n, signedOn: null, paymentMethod: null })],
    ['usual', contract()],
    ['biggest', EXTREME],
    ...CONTRACT_STATUSES.map((status): [string, ContractDetails] => [status, contract({ status })]),
  ])('a valid card modal: %s', (_name, details) => {
    const view = contractCardModal(details, SETTINGS, to, { list: '{}', result: LONG.repeat(3) });
    expect(problems(view)).toEqual([]);
    expect(problems(contractSubmitModal(details, to, '{}'))).toEqual([]);
  });

  it('names customer and contract whole on its card', () => {
    const name = 'Supply, installation and commissioning of two rail-mounted gantry cranes';
    const details = contract({ name });
    const customer = { ...details.customer, name: `${name} Ltd` };
    const view = contractCardModal({ ...details, customer }, SETTINGS, to, {});
    expect(JSON.stringify(view.blocks)).toContain(`*${name} Ltd* · ${details.number} ${name}`);
  });

  it('says of an undated instalment only once that its date is not set', () => {
    const undated = row(1, { state: 'undated', dueOn: null, effectiveDue: null });
    const view = contractCardModal(contract({ status: 'active', rows: [undated] }), SETTINGS, to, {
      list: '{}',
    });
    const words = locale === 'en' ? 'Date not set' : '日期待定';
    expect(JSON.stringify(view).split(words)).toHaveLength(2);
  });

  it.each([null, contract(), EXTREME])('a valid form', (details) => {
    const people = Array.from({ length: 120 }, (_none, n) => ({ id: `u${n}`, name: LONG }));
    const files = Array.from({ length: 10 }, (_none, n) => ({
      slackFileId: `F${n}`,
      name: LONG,
      mime: 'application/pdf',
      size: 1,
    }));
    const offered = { id: ID, version: 1, name: LONG, rows: 60, at: to.now };
    const empty = { customer: null, contract: details, baseCurrency: 'CNY', metadata: '{}' };
    // Whoever leads others says for whom a new one is.
    const leads = reader(locale, actor('x', 'sales_manager'));
    const owned = contractFormModal(
      { ...empty, financePeople: [], files: [], offered: null },
      SETTINGS,
      leads,
    );
    expect(problems(owned)).toEqual([]);
    expect(JSON.stringify(owned).includes('"owner"')).toBe(details === null);
    for (const count of [0, 1, 10]) {
      const data = { ...empty, financePeople: count === 0 ? [] : people, files: files.slice(0, count) };
      for (const draft of [null, offered])
        expect(problems(contractFormModal({ ...data, offered: draft }, SETTINGS, to))).toEqual([]);
    }
  });

  it('a valid choice of the finance owner, also where there is nobody', () => {
    for (const count of [0, 120]) {
      const people = Array.from({ length: count }, (_none, n) => ({ id: `u${n}`, name: LONG }));
      expect(problems(financeOwnerModal(EXTREME, people, '{}', to))).toEqual([]);
    }
  });

  it('a valid choice of the owner, and a valid correction', () => {
    expect(problems(contractOwnerModal(EXTREME, '{}', to))).toEqual([]);
    const types = SETTINGS.contractTypes;
    for (const contract of [EXTREME, { ...EXTREME, signedOn: null, type: LONG.slice(0, 40) }])
      expect(problems(contractCorrectModal(contract, types, '{}', to))).toEqual([]);
  });

  it('leaves out a framework contract that the reader does not see, which stays', () => {
    const rest = {
      customer: null,
      baseCurrency: 'CNY',
      metadata: '{}',
      financePeople: [],
      files: [],
      offered: null,
    };
    const form = (framework: ContractDetails['framework'], parentContractId: string | null) =>
      JSON.stringify(
        contractFormModal({ ...rest, contract: contract({ framework, parentContractId }) }, SETTINGS, to)
          .blocks,
      );
    expect(form(null, ID)).not.toContain('"parentContractId"');
    expect(form(null, null)).toContain('"parentContractId"');
    expect(form(EXTREME.framework, ID)).toContain('"parentContractId"');
  });

  it('takes the longest number and name of a framework into an option', () => {
    const { text } = frameworkOption({ id: ID, number: `HT-${'9'.repeat(50)}`, name: LONG }).text;
    expect([...text].length).toBeLessThanOrEqual(75);
    expect(text).toContain(`HT-${'9'.repeat(50)}`);
  });

  it.each([...PLAN_HOWS, 'keep', 'later'] as const)('a valid step of the plan: %s', (how) => {
    const basis = {
      contractId: '',
      contractNumber: '',
      contractName: LONG,
      contractStatus: 'draft',
      contractType: 'vehicle',
      customerId: ID,
      currency: 'CNY',
      amount: 999_999_999_999_999n,
      planned: 0n,
      paymentMethod: null,
      nextSeq: 1,
      anchors: { dates: {}, fixed: [] },
      templates: [],
      termDays: 3650,
    };
    const step = { how, templateId: null, askAlreadyDue: false };
    for (const hasPlan of [true, false]) {
      const data = { basis, step, isEdit: hasPlan, hasPlan, metadata: '{}' };
      const isOffered = hasPlan ? how !== 'later' : how !== 'keep';
      if (isOffered) expect(problems(contractPlanModal(data, SETTINGS, to))).toEqual([]);
    }
  });

  it.each(['open', 'approved', 'rejected', 'withdrawn'] as const)('valid messages: %s', (status) => {
    for (const details of [inApproval(), EXTREME]) {
      const decided = { ...details, approval: { ...details.approval, status, ...DECIDED, reason: 'other' } };
      for (const { text, blocks } of [
        contractCardMessage(decided, SETTINGS, to),
        contractDecidedMessage(decided, to),
      ]) {
        expect(messageProblems(blocks)).toEqual([]);
        expect(JSON.stringify(blocks).length).toBeLessThan(12_000);
        expect(text).not.toBe('');
      }
    }
  });

  it('has words for every reason', () => {
    for (const reason of CONTRACT_REJECT_REASONS) {
      const card = contractCardMessage(inApproval({ ...DECIDED, status: 'rejected', reason }), SETTINGS, to);
      expect(JSON.stringify(card.blocks)).toContain(to.t(`contracts:reason.${reason}`));
    }
  });
});

describe('approval card', () => {
  const text = (view: unknown) => JSON.stringify(view);

  it('shows who asks, the plan, the terms and who is waited for', () => {
    const { text: sentence, blocks } = contractCardMessage(inApproval(), SETTINGS, reader('zh-CN', null));
    expect(sentence).toBe('合同 HT-2026-0001 待审批：华东机械，¥300.00，李雷 提交。');
    for (const words of [
      '合同待审批 · HT-2026-0001',
      '第1期 · ¥100.00 · 12月1日 周二',
      '通过 合计 ¥300.00，与合同一致',
      '通过 日期齐全',
      '第 1 步，共 1 步 · 等 韩梅梅',
      '通过 HT-2026-0001？',
      '¥300.00，3 期计划生效，开始提醒。',
    ]) {
      expect(text(blocks)).toContain(words);
    }
  });

  it('shows eight rows of the plan and how many more', () => {
    const rows = Array.from({ length: 11 }, (_, n) => row(n + 1));
    const { blocks } = contractCardMessage(inApproval({}, { rows }), SETTINGS, reader('en', null));
    expect(text(blocks)).toContain('#8 · ');
    expect(text(blocks)).not.toContain('#9 · ');
    expect(text(blocks)).toContain('3 more');
  });

  it('is rewritten after the decision: who, when, why, and no buttons', () => {
    const rejected = inApproval({ ...DECIDED, status: 'rejected', reason: 'dates', comment: '首期<太早>' });
    const { blocks } = contractCardMessage(rejected, SETTINGS, reader('zh-CN', null));
    expect(text(blocks)).toContain('合同已驳回 · HT-2026-0001');
    expect(text(blocks)).toContain('韩梅梅 09:30：日期不合理，首期&lt;太早&gt;');
    expect(blocks.map((block) => block.type)).not.toContain('actions');
  });

  it('cannot ping or format with what people typed', () => {
    const { blocks } = contractCardMessage(EXTREME, SETTINGS, reader('zh-CN', null));
    const mrkdwn = text(blocks.filter((block) => block.type === 'section' || block.type === 'context'));
    expect(mrkdwn).not.toContain('<@');
  });

  it('puts a warning sign before 注意 only', () => {
    const checked = inApproval({}, { rows: [], planned: 0n });
    const { blocks } = contractCardMessage(checked, SETTINGS, reader('zh-CN', null));
    expect(text(blocks)).toContain('⚠️ 注意 还没有回款计划');
    expect(text(blocks)).not.toContain('齐全');
    const planned = contractCardMessage(inApproval({}), SETTINGS, reader('zh-CN', null));
    expect(text(planned.blocks)).toContain('✅ 通过 节点齐全');
  });
});

describe('buttons of the card', () => {
  const ids = (details: ContractDetails, who: Actor) => {
    const view = contractCardModal(details, SETTINGS, reader('zh-CN', who));
    const all = [...JSON.stringify(view.blocks).matchAll(/"action_id":"([^"]+)"/g)].map((match) => match[1]);
    // The trail is everybody's, whatever the state.
    expect(all.at(-1)).toBe('audit.open');
    return all.slice(0, -1);
  };
  const REP = actor('rep', 'rep');
  const MANAGER = actor('manager', 'sales_manager');

  it.each([
    [
      'draft without a plan',
      contract({ rows: [], planned: 0n }),
      REP,
      ['plan.new', 'contract.submit', 'milestone.open', 'contract.edit', 'contract.delete'],
    ],
    [
      'draft, planned',
      contract(),
      REP,
      ['contract.submit', 'plan.of', 'milestone.open', 'contract.edit', 'contract.delete'],
    ],
    [
      'rejected',
      contract({ status: 'rejected' }),
      REP,
      ['contract.submit', 'plan.of', 'milestone.open', 'contract.edit', 'contract.delete'],
    ],
    ['waiting, its submitter', inApproval(), REP, ['approval.nudge', 'approval.withdraw', 'plan.of']],
    [
      'waiting for its second step, its submitter',
      inApproval({
        decidedSteps: [{ seq: 1, by: { id: 'm', name: '韩' }, inPlaceOf: null, also: [], at: new Date(0) }],
      }),
      REP,
      ['approval.nudge', 'plan.of'],
    ],
    [
      'waiting, the manager',
      inApproval(),
      MANAGER,
      ['approval.approve', 'approval.reject', 'approval.ask', 'plan.of'],
    ],
    [
      'waiting, its owner is the manager',
      inApproval(
        { question: APPROVAL.question && { ...APPROVAL.question, involvedIds: ['manager'] } },
        { owner: { id: 'manager', name: '韩梅梅' } },
      ),
      MANAGER,
      ['plan.of'],
    ],
    ['waiting, the auditor', inApproval(), actor('auditor', 'auditor'), ['plan.of']],
    ['draft, another rep', contract(), actor('rep2', 'rep'), ['plan.of']],
    [
      'active, not wholly planned',
      contract({ status: 'active', planned: 100_00n }),
      REP,
      [
        'plan.new',
        'plan.of',
        'receipt.new',
        'follow_up.list',
        'ledger.open',
        'milestone.open',
        'contract.amend',
        'contract.finance',
        'contract.correct',
      ],
    ],
    [
      'active, planned',
      contract({ status: 'active' }),
      REP,
      [
        'plan.of',
        'receipt.new',
        'follow_up.list',
        'ledger.open',
        'milestone.open',
        'contract.amend',
        'contract.finance',
        'contract.correct',
      ],
    ],
    [
      'active, the manager',
      contract({ status: 'active' }),
      MANAGER,
      [
        'plan.of',
        'receipt.new',
        'follow_up.list',
        'ledger.open',
        'milestone.open',
        'contract.amend',
        'contract.finance',
        'contract.correct',
        'contract.assign',
        'contract.void',
      ],
    ],
    [
      'completed',
      contract({ status: 'completed' }),
      MANAGER,
      [
        'plan.of',
        'receipt.new',
        'follow_up.list',
        'ledger.open',
        'milestone.open',
        'contract.finance',
        'contract.correct',
        'contract.assign',
        'contract.archive',
      ],
    ],
    ['archived', contract({ status: 'archived' }), MANAGER, ['plan.of', 'follow_up.list', 'ledger.open']],
    ['void', contract({ status: 'void' }), MANAGER, ['plan.of', 'ledger.open']],
  ])('%s', (_name, details, who, expected) => {
    expect(ids(details, who)).toEqual(expected);
  });

  it('has one primary button at most', () => {
    for (const status of CONTRACT_STATUSES) {
      for (const rows of [[], [row(1)]]) {
        const details = { ...inApproval({}, { rows, planned: BigInt(rows.length) * 100_00n }), status };
        for (const who of [REP, MANAGER, actor('both', 'sales_director')]) {
          const view = contractCardModal(details, SETTINGS, reader('en', who));
          expect(JSON.stringify(view).split('"style":"primary"').length - 1, status).toBeLessThan(2);
        }
      }
    }
  });
});

describe('progress', () => {
  it.each([
    [0, '░░░░░░░░░░'],
    [9, '░░░░░░░░░░'],
    [63, '▓▓▓▓▓▓░░░░'],
    [99, '▓▓▓▓▓▓▓▓▓░'],
    [100, '▓▓▓▓▓▓▓▓▓▓'],
  ])('draws %i percent as %s', (percent, bar) => {
    expect(progressBar(percent)).toBe(bar);
  });
});
