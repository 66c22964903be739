import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { InstalmentRowData } from '../../src/domain/plans/instalment.queries.js';
import type { AskedReceipt } from '../../src/domain/receipts/receipt-facts.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { decodeSplit, encodeKept, encodeSplit, MAX_KEPT } from '../../src/handlers/split-code.js';
import { autoAppliedMessage } from '../../src/handlers/views/prepayment-views.js';
import { receiptCard } from '../../src/handlers/views/receipt-card-views.js';
import { type ReceiptFormState, receiptForm } from '../../src/handlers/views/receipt-form-views.js';
import { receiptDecided, receiptLine } from '../../src/handlers/views/receipt-notice-views.js';
import { splitModal } from '../../src/handlers/views/receipt-split-views.js';
import { FORS } from '../../src/handlers/views/receipt-target-views.js';
import { receiptModal } from '../../src/handlers/views/receipt-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { aReceipt } from '../support/receipt-facts.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const DAY = localDate('2026-11-20');
const person = (name: string) => ({ id: ID, name });

const usual = aReceipt();
const line = usual.lines[0];
if (!line) throw new Error('no line');
const extreme: AskedReceipt = {
  ...usual,
  predecessor: {
    number: `HK-${'9'.repeat(30)}`,
    approval: {
      ...usual.approval,
      status: 'rejected',
      decidedBy: { id: ID, name: nasty(200) },
      reason: 'other',
      comment: nasty(3000),
    },
  },
  amount: MAX_MINOR,
  unapplied: MAX_MINOR,
  payerName: nasty(120),
  bankSlipNo: nasty(64),
  bankTxnId: nasty(64),
  original: { minor: MAX_MINOR, currency: 'USD' },
  rate: `${'9'.repeat(15)}.999999`,
  billNo: nasty(64),
  billDueOn: DAY,
  remark: nasty(3000),
  customerName: nasty(120),
  contractName: nasty(120),
  contractNumber: `HT-${'9'.repeat(30)}`,
  recorderName: nasty(200),
  lines: Array.from({ length: 500 }, (_, index) => ({
    ...line,
    seq: index,
    contractNumber: `HT-${'9'.repeat(30)}`,
    amount: MAX_MINOR,
    outstanding: MAX_MINOR,
    recovery: false,
    smallRest: true,
  })),
  attachmentIds: Array.from({ length: 10 }, () => ID),
  approval: {
    ...usual.approval,
    step: 5,
    steps: 5,
    decidedSteps: [1, 2, 3, 4].map((seq) => ({
      seq,
      by: person(nasty(200)),
      inPlaceOf: person(nasty(200)),
      also: [],
      at: new Date('2026-11-20T02:32:00Z'),
    })),
    returned: { by: person(nasty(200)), at: new Date('2026-11-20T02:32:00Z'), note: nasty(3000) },
    decidedBy: person(nasty(200)),
    inPlaceOf: person(nasty(200)),
    solo: true,
    reason: 'other',
    comment: nasty(3000),
    approvers: Array.from({ length: 100 }, () => person(nasty(80))),
  },
  warnings: [
    { kind: 'redrawn' },
    { kind: 'duplicate', number: 'HK-1', receivedOn: DAY },
    { kind: 'slip', number: 'HK-1', customerName: nasty(120) },
    { kind: 'bill', number: 'HK-1', customerName: nasty(120) },
    { kind: 'old' },
    { kind: 'early', contractNumber: `HT-${'9'.repeat(30)}`, signedOn: DAY },
    { kind: 'plan', seq: 2, outstanding: MAX_MINOR },
    { kind: 'payer' },
    ...Array.from({ length: 3 }, () => ({ kind: 'waiting' as const, number: 'HK-1', amount: MAX_MINOR })),
  ],
};
const aPlanRow: InstalmentRowData = {
  id: ID,
  version: 1,
  seq: 99_999,
  name: nasty(60),
  customerId: ID,
  customerName: nasty(120),
  customerCode: 'KH-0001',
  contractId: ID,
  contractNumber: `HT-${'9'.repeat(30)}`,
  contractName: nasty(120),
  contractStatus: 'active',
  ownerId: 'owner',
  ownerName: nasty(80),
  ownerActive: true,
  amount: MAX_MINOR,
  outstanding: MAX_MINOR,
  adjusted: 0n,
  recovered: 0n,
  recoverable: 0n,
  promiseCount: 0,
  currency: 'CNY',
  proposed: 0n,
  state: 'overdue',
  dueOn: localDate('2001-01-01'),
  effectiveDue: localDate('2001-01-01'),
  postponedTo: null,
  blockUntil: null,
  promisedOn: null,
  promisedAmount: null,
  brokenOn: null,
  nextContactOn: null,
  snoozedUntil: null,
  followedUp: null,
  pendingTo: null,
  disputed: true,
  isRetention: true,
  templateId: null,
  anchorKind: null,
  anchorOffset: null,
  waiting: null,
};
const decided = (facts: AskedReceipt, status: 'approved' | 'rejected' | 'withdrawn'): AskedReceipt => ({
  ...facts,
  status: status === 'withdrawn' ? 'draft' : status,
  approval: {
    ...facts.approval,
    status,
    decidedBy: facts.approval.decidedBy ?? person('王财务'),
    reason: 'not_in_bank',
  },
  warnings: [],
});
const shown = (message: { blocks?: unknown }) => JSON.stringify(message.blocks);

describe('the card, word by word', () => {
  it('asks finance', () => {
    const zh = receiptCard(usual, reader('zh-CN', { actor: null }), METHODS);
    expect(zh.text).toBe('回款待审批 · HK-20261120-001：星海重工 ¥300,000.00，李销售 登记。');
    expect(shown(zh)).toContain('HT-2026-0001 第2期 ¥300,000.00 · 未收 ¥300,000.00');
    expect(shown(zh)).toContain('第 1 步，共 1 步 · 可审批 王财务、赵财务');
    expect(shown(zh)).toContain('¥300,000.00 核销到 1 期，之后只能冲销。');
    // What no instalment takes is part of the question.
    const more = { ...usual, amount: usual.amount + 1_000_50n };
    expect(shown(receiptCard(more, reader('zh-CN', { actor: null }), METHODS))).toContain(
      '¥300,000.00 核销到 1 期，¥1,000.50 转预收款，之后只能冲销。',
    );
    expect(shown(receiptCard(more, reader('en', { actor: null }), METHODS))).toContain(
      'Applies CN¥300,000.00 to 1 instalment, CN¥1,000.50 becomes prepayment; only a reversal undoes it.',
    );
    // Recorded by best match: the contract of its lines, where that is one.
    const best = { ...usual, contractNumber: null, contractName: null };
    const field = (lines: typeof usual.lines) =>
      shown(receiptCard({ ...best, lines }, reader('zh-CN', { actor: null }), METHODS));
    expect(field([line, { ...line, seq: 3 }])).toContain(`*合同*\\n${line.contractNumber}`);
    expect(field([line, { ...line, contractNumber: 'HT-2026-0999' }])).toContain('*合同*\\n—');
    const en = receiptCard({ ...usual, attachmentIds: [ID, ID] }, reader('en', { actor: null }), METHODS);
    expect(shown(en)).toContain('Step 1 of 1 · can decide: 王财务, 赵财务 · 2 vouchers in thread');
    expect(shown(en)).toContain('Applies CN¥300,000.00 to 1 instalment; only a reversal undoes it.');
  });

  it('tells who decided, when and what came of it, without buttons', () => {
    const approved = decided({ ...usual, lines: [{ ...line, state: 'paid', outstanding: 0n }] }, 'approved');
    expect(shown(receiptCard(approved, reader('zh-CN'), METHODS))).toContain('王财务 10:32 · 第2期 已回款');
    const other = { ...line, contractNumber: 'HT-2026-0999' };
    const lines = [line, { ...line, seq: 3 }, { ...other, state: 'paid' as const }];
    expect(shown(receiptCard(decided({ ...usual, lines }, 'approved'), reader('zh-CN'), METHODS))).toContain(
      ' · HT-2026-0001 第2期 待回款 · 第3期 待回款 · HT-2026-0999 第2期 已回款',
    );
    const rejected = decided(usual, 'rejected');
    expect(shown(receiptCard(rejected, reader('zh-CN'), METHODS))).toContain('王财务 10:32：未到账');
    for (const status of ['approved', 'rejected', 'withdrawn'] as const) {
      expect(shown(receiptCard(decided(usual, status), reader('zh-CN'), METHODS))).not.toContain('"actions"');
    }
  });

  it('carries ids and the version, and no authority', () => {
    expect(shown(receiptCard(usual, reader('en'), METHODS))).toContain(`{\\"a\\":\\"${ID}\\",\\"v\\":1}`);
  });

  it('offers to let a small rest go once it is booked, and not before', () => {
    const rest = { ...usual, lines: [{ ...line, outstanding: 50n, smallRest: true }] };
    const card = shown(receiptCard(decided(rest, 'approved'), reader('zh-CN', { actor: null }), METHODS));
    expect(card).toContain('HT-2026-0001 第2期 余款 ¥0.50，在尾差范围内');
    expect(card).toContain('adjustment.ask.small_difference');
    for (const other of [rest, decided(rest, 'rejected'), decided(usual, 'approved')])
      expect(shown(receiptCard(other, reader('zh-CN'), METHODS))).not.toContain('adjustment.ask');
  });

  it('says what came in and at which rate where that is another currency, and the bank’s own number', () => {
    const foreign = { ...usual, original: { minor: 42_000_00n, currency: 'USD' }, rate: '7.142857' };
    const zh = shown(
      receiptCard({ ...foreign, bankTxnId: 'TX9' }, reader('zh-CN', { actor: null }), METHODS),
    );
    expect(zh).toContain('*原币金额*\\nUS$42,000.00，汇率 7.142857');
    expect(zh).toContain('*银行交易号*\\nTX9');
    expect(shown(receiptModal(foreign, reader('en'), METHODS))).toContain('$42,000.00, rate 7.142857');
    expect(shown(receiptCard(usual, reader('zh-CN', { actor: null }), METHODS))).not.toContain('原币金额');
  });

  it('warns of a bill, a day and a contract that do not fit', () => {
    const warned: AskedReceipt = {
      ...usual,
      warnings: [
        { kind: 'bill', number: 'HK-7', customerName: '星海重工' },
        { kind: 'old' },
        { kind: 'early', contractNumber: 'HT-2026-0001', signedOn: localDate('2026-11-19') },
      ],
    };
    const zh = shown(receiptCard(warned, reader('zh-CN', { actor: null }), METHODS));
    for (const words of [
      '汇票号与 星海重工 的 HK-7 相同',
      '回款日期在一年多以前',
      '回款日期早于合同 HT-2026-0001 的签订日期 11月19日',
    ])
      expect(zh).toContain(words);
    expect(shown(receiptCard(warned, reader('en', { actor: null }), METHODS))).toContain(
      'received before contract HT-2026-0001 was signed',
    );
  });

  it('is headed by what it is at every step, and by which step at later ones', () => {
    const at = (step: number, locale: 'zh-CN' | 'en') =>
      shown(
        receiptCard({ ...usual, approval: { ...usual.approval, step, steps: 2 } }, reader(locale), METHODS),
      );
    expect(at(1, 'zh-CN')).toContain(`"回款待审批 · ${usual.number}"`);
    expect(at(2, 'zh-CN')).toContain(`"回款待审批 · ${usual.number} · 第 2 步，共 2 步"`);
    expect(at(2, 'en')).toContain(`"Receipt to approve · ${usual.number} · step 2 of 2"`);
  });

  it('warns in its window whoever may decide there, and nobody else', () => {
    const warned: AskedReceipt = {
      ...usual,
      warnings: [{ kind: 'slip', number: 'HK-7', customerName: '星海重工' }],
    };
    const windowFor = (by: RowReader, facts = warned) => shown(receiptModal(facts, by, METHODS));
    const rep = reader('zh-CN');
    const as = (more: object): RowReader => ({ ...rep, actor: rep.actor && { ...rep.actor, ...more } });
    const finance = as({ id: 'finance', roles: ['finance'] });
    expect(windowFor(finance)).toContain('流水号与 星海重工 的 HK-7 相同');
    expect(windowFor(finance)).toContain('approval.approve');
    expect(windowFor(as({ id: 'rep', roles: ['rep'] }))).not.toContain('HK-7');
    const delegates = [{ id: 'rep', of: person('王财务') }];
    const standIn = { ...warned, approval: { ...warned.approval, delegates } };
    expect(windowFor(as({ id: 'rep', roles: ['rep'] }), standIn)).toContain('HK-7');
    expect(windowFor(finance, decided(warned, 'approved'))).not.toContain('HK-7');
  });

  it('says of booked money on no instalment that it waits to be applied, and before that what becomes of it', () => {
    const over = { ...usual, unapplied: 10_00n };
    const prepayment = { ...over, kind: 'prepayment', unapplied: 300_000_00n, lines: [] };
    const said = (facts: AskedReceipt, locale: 'zh-CN' | 'en' = 'zh-CN') =>
      shown(receiptCard(facts, reader(locale, { actor: null }), METHODS));
    expect(said(over)).toContain('多收 ¥10.00，转预收款');
    expect(said(prepayment)).toContain('¥300,000.00 转预收款');
    for (const kind of ['payment', 'prepayment'])
      for (const status of ['approved', 'partly_reversed'] as const) {
        const booked = { ...decided({ ...over, kind }, 'approved'), status };
        expect(said(booked)).toContain('待核销预收 ¥10.00');
        expect(said(booked)).not.toContain('多收');
      }
    expect(said(decided(over, 'approved'), 'en')).toContain('CN¥10.00 is unapplied prepayment');
    expect(said(decided(over, 'withdrawn'))).toContain('多收 ¥10.00，转预收款');
  });

  it('says loudly when nobody can decide', () => {
    const lonely = { ...usual, approval: { ...usual.approval, approvers: [] } };
    expect(shown(receiptCard(lonely, reader('zh-CN'), METHODS))).toContain('没有人可以审批');
  });
});

describe('a split in metadata', () => {
  it('comes back as it was, whatever the amounts', () => {
    const line = fc.record({ instalmentId: fc.uuid(), amount: fc.bigInt({ min: 0n, max: MAX_MINOR }) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        expect(decodeSplit(encodeSplit(lines))).toEqual(lines);
      }),
    );
  });

  it('drops what it did not write', () => {
    expect(decodeSplit(['', 'x', 'AAAA 1', "'; DROP -1"])).toEqual([]);
  });
});

describe('the recorder’s message', () => {
  it('tells how far the contract is, and what became prepayment', () => {
    const approved = decided({ ...usual, unapplied: 10_00n }, 'approved');
    const message = receiptDecided(approved, 63, reader('zh-CN'));
    expect(message.text).toBe('HK-20261120-001 ¥300,000.00 已通过，合同已收 63%。其中 ¥10.00 转预收款。');
    const whole = decided({ ...usual, kind: 'prepayment', unapplied: usual.amount, lines: [] }, 'approved');
    expect(receiptDecided(whole, null, reader('zh-CN')).text).toBe(
      'HK-20261120-001 ¥300,000.00 已通过。全部转预收款。',
    );
    expect(receiptDecided(whole, null, reader('en')).text).toBe(
      'HK-20261120-001 CN¥300,000.00 approved. All of it becomes prepayment.',
    );
    expect(receiptDecided(decided(usual, 'approved'), 63, reader('en')).text).toBe(
      'HK-20261120-001 CN¥300,000.00 approved; contract 63% received.',
    );
  });

  it('offers to send a rejected one again, until it has been', () => {
    const rejected = decided(usual, 'rejected');
    expect(shown(receiptDecided(rejected, null, reader('zh-CN')))).toContain('receipt.again');
    const replaced = { ...rejected, successor: { subjectType: 'receipt' as const, id: ID, number: 'HK-2' } };
    expect(shown(receiptDecided(replaced, null, reader('zh-CN')))).not.toContain('receipt.again');
    expect(shown(receiptDecided(replaced, null, reader('zh-CN')))).toContain('已重提为 HK-2。');
  });
});

describe('the window of a receipt', () => {
  const actor = (overrides: object) => {
    const who = reader('zh-CN').actor;
    if (!who) throw new Error('no actor');
    return reader('zh-CN', { actor: { ...who, ...overrides } });
  };
  it('offers finance to decide, the recorder to withdraw, others nothing', () => {
    const ids = (who: ReturnType<typeof reader>) =>
      [...JSON.stringify(receiptModal(usual, who, METHODS)).matchAll(/"action_id":"([a-z.]+)"/g)].map(
        (one) => one[1],
      );
    // The trail is everybody's.
    const trail = 'audit.open';
    expect(ids(actor({ id: 'fin', roles: ['finance'] }))).toEqual([
      'approval.approve',
      'approval.reject',
      'approval.ask',
      trail,
    ]);
    expect(ids(actor({ id: 'owner', roles: ['rep'] }))).toEqual(['receipt.withdraw', trail]);
    // The recorder is in finance too: still not theirs to decide.
    expect(ids(actor({ id: 'owner', roles: ['finance'] }))).toEqual(['receipt.withdraw', trail]);
    expect(ids(actor({ id: 'aud', roles: ['auditor'] }))).toEqual([trail]);
    // Once a step is approved it is not taken back any more.
    const { approval } = usual;
    const by = { id: 'fin', name: '王财务' };
    const decidedSteps = [{ seq: 1, by, inPlaceOf: null, also: [], at: new Date('2026-11-20T02:32:00Z') }];
    const second = { ...usual, approval: { ...approval, step: 2, steps: 2, decidedSteps } };
    expect(
      JSON.stringify(receiptModal(second, actor({ id: 'owner', roles: ['rep'] }), METHODS)),
    ).not.toContain('receipt.withdraw');
  });
});

describe.each(LOCALES)('sizes in %s', (locale) => {
  const who = reader(locale);
  const variants = [usual, extreme, { ...extreme, lines: [] }];

  it('draws cards, lines, messages and windows of anything', () => {
    for (const facts of variants.flatMap((one) => [
      one,
      decided(one, 'approved'),
      decided(one, 'rejected'),
      decided(one, 'withdrawn'),
    ])) {
      expectMessage(receiptCard(facts, who, METHODS));
      expectModal(receiptModal(facts, who, METHODS, nasty(200)));
      for (const event of ['decided', 'redrawn', 'withdrawn'] as const)
        expectMessage(receiptLine(facts, event, who));
      if (facts.approval.status !== 'open') expectMessage(receiptDecided(facts, 100, who));
    }
  });

  it('draws the form in every step', () => {
    const customer = { id: ID, name: nasty(120), code: 'KH-0001' };
    const base: ReceiptFormState = {
      requestId: ID,
      target: {
        customer: null,
        contract: null,
        instalment: null,
        fixed: false,
        for: 'best',
        currency: 'CNY',
        currencies: ['CNY'],
      },
      amount: null,
      proposal: null,
      byHand: null,
      kept: null,
      below: '',
      claim: null,
      message: null,
      mark: '',
      initial: {
        method: null,
        receivedOn: DAY,
        payerName: null,
        bankSlipNo: null,
        bankTxnId: null,
        originalAmount: null,
        billNo: null,
        billDueOn: null,
        remark: null,
      },
      paidIn: null,
      paidInChoices: ['USD'],
      bill: false,
      replaces: null,
      duplicate: null,
      oldDay: null,
      notice: null,
    };
    expectModal(receiptForm(base, who, METHODS));
    const proposal = {
      lines: Array.from({ length: 500 }, (_, index) => ({
        instalmentId: ID,
        amount: MAX_MINOR,
        reason: 'oldest_due' as const,
        contractNumber: `HT-${'9'.repeat(30)}`,
        seq: index,
        left: MAX_MINOR,
      })),
      unapplied: MAX_MINOR,
    };
    for (const way of FORS) {
      const target = { ...base.target, customer, for: way, currencies: ['CNY', 'USD'] };
      expectModal(receiptForm({ ...base, target, amount: MAX_MINOR, proposal }, who, METHODS));
    }
    // Of bad debt nothing is open: the form names what can be recovered.
    const lost = { state: 'written_off', outstanding: 0n, recoverable: 261_000_00n } as const;
    for (const [more, words] of [
      [lost, locale === 'en' ? 'CN¥261,000.00 written off' : '坏账或尾差 ¥261,000.00'],
      [{ outstanding: 5_00n }, locale === 'en' ? 'CN¥5.00 open of' : '未收 ¥5.00，共'],
    ] as const) {
      const target = { ...base.target, instalment: { ...aPlanRow, ...more }, fixed: true };
      expect(JSON.stringify(receiptForm({ ...base, target }, who, METHODS).blocks)).toContain(words);
    }
    const contract = { id: ID, number: `HT-${'9'.repeat(30)}`, name: nasty(120) };
    expectModal(
      receiptForm(
        {
          ...base,
          target: { ...base.target, customer, contract, fixed: true },
          amount: MAX_MINOR,
          proposal,
          initial: {
            method: 'cash',
            receivedOn: DAY,
            payerName: nasty(120),
            bankSlipNo: nasty(64),
            bankTxnId: nasty(64),
            originalAmount: MAX_MINOR,
            billNo: nasty(64),
            billDueOn: DAY,
            remark: nasty(3000),
          },
          paidIn: 'USD',
          paidInChoices: Array.from({ length: 99 }, (_, index) => `U${String(index).padStart(2, '0')}`).with(
            0,
            'USD',
          ),
          bill: true,
          replaces: { id: ID, number: 'HK-1', vouchers: Array.from({ length: 20 }, () => nasty(200)) },
          byHand: Array.from({ length: 40 }, () =>
            encodeSplit([{ instalmentId: ID, amount: MAX_MINOR }]).join(),
          ),
          below: 'x'.repeat(400),
          message: {
            t: nasty(300),
            a: ['1.00', '2.00', '3.00', '4.00', '9999999999999.99'].map((one) => `CNY ${one}`),
            p: 4,
          },
          kept: encodeKept(Array.from({ length: MAX_KEPT }, () => ({ instalmentId: ID, amount: MAX_MINOR }))),
          duplicate: { number: `HK-${'9'.repeat(30)}`, words: nasty(199) },
          oldDay: DAY,
          notice: nasty(199),
        },
        who,
        METHODS,
      ),
    );
  });

  it.each([0, 1, 40])('draws a split over %i rows', (count) => {
    const rows = Array.from({ length: count }, (_, index) => ({
      ...aPlanRow,
      id: `${ID.slice(0, -2)}${String(index).padStart(2, '0')}`,
    }));
    const amounts = new Map(rows.map((row) => [row.id, MAX_MINOR]));
    const window = {
      metadata: 'x'.repeat(3000),
      rows,
      amounts,
      currency: 'CNY',
      round: 3,
      mayAdd: true,
      kept: { count: 460, amount: MAX_MINOR },
    };
    for (const amount of [1n, MAX_MINOR])
      expectModal(splitModal({ ...window, amount, applied: MAX_MINOR, notice: nasty(300) }, who));
  });
});

describe('what was applied by itself', () => {
  it.each(LOCALES)('is told in a message that Slack takes, however many lines (%s)', (locale) => {
    const row = {
      ...aPlanRow,
      contractNumber: `HT-${'9'.repeat(30)}`,
      seq: 999,
      outstanding: MAX_MINOR,
      amount: MAX_MINOR,
    };
    const lineOf = { number: `HK-${'9'.repeat(30)}`, amount: MAX_MINOR, row };
    const facts = { customerName: nasty(120), currency: 'CNY', who: nasty(200) };
    for (const [count, shown] of [
      [1, 1],
      [10, 10],
      [500, 10],
    ] as const) {
      const lines = Array.from({ length: shown }, () => lineOf);
      const message = autoAppliedMessage(
        { ...facts, count, total: MAX_MINOR * BigInt(count), lines },
        reader(locale),
      );
      expectMessage(message);
      expect(message.blocks).toHaveLength(1 + shown + (count > shown ? 1 : 0));
    }
  });
});

describe('the remark', () => {
  const card = (remark: string | null) =>
    JSON.stringify(receiptCard({ ...usual, remark }, reader('zh-CN'), METHODS).blocks);

  it('is on the card, cut where it is long', () => {
    expect(card('客户说月底前付清')).toContain('备注：客户说月底前付清');
    expect(card('长'.repeat(3_000))).toContain(`${'长'.repeat(296)}…`);
    expect(card('长'.repeat(3_000))).not.toContain('长'.repeat(297));
    expect(card(null)).not.toContain('备注');
  });
});
