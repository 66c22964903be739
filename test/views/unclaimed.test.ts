import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { UnclaimedFacts } from '../../src/domain/receipts/unclaimed.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import {
  unclaimedCard,
  unclaimedListModal,
  unclaimedModal,
  unclaimedWithdrawn,
} from '../../src/handlers/views/unclaimed-views.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const plain: UnclaimedFacts = {
  id: ID,
  number: 'HK-20261120-007',
  amount: 1_234_56n,
  currency: 'CNY',
  method: 'transfer',
  receivedOn: localDate('2026-11-19'),
  payerName: null,
  bankSlipNo: null,
  remark: null,
  recordedById: 'fin',
  recorderName: '王财务',
  withdrawnAt: null,
  withdrawnBy: null,
  attachmentIds: [],
  claim: null,
};
const claim = { id: ID, number: 'HK-8', customerName: '星海重工', who: '李雷', status: 'submitted' as const };
const extreme: UnclaimedFacts = {
  ...plain,
  amount: MAX_MINOR,
  payerName: nasty(120),
  bankSlipNo: nasty(64),
  remark: nasty(3000),
  recorderName: nasty(200),
  attachmentIds: [ID, ID],
};
const idsOf = (view: object) =>
  [...JSON.stringify(view).matchAll(/"action_id":"([a-z._]+)"/g)].map((one) => one[1]);

describe('the card and the window', () => {
  it('say what is known, and who has claimed it', () => {
    const zh = unclaimedCard(plain, reader('zh-CN'), METHODS);
    expect(zh.text).toBe('待认领来款 · HK-20261120-007：¥1,234.56，付款方 不明。');
    const en = unclaimedCard({ ...plain, claim }, reader('en'), METHODS);
    expect(en.text).toBe('Money received · HK-20261120-007: CN¥1,234.56, payer unknown.');
    expect(JSON.stringify(en.blocks)).toContain('Claimed by 李雷: 星海重工 · HK-8 · In approval');
    expect(idsOf(zh)).toEqual(['unclaimed.claim', 'unclaimed.open']);
    expect(idsOf(en)).toEqual(['unclaimed.open']);
  });

  it('leave out whose it is, and the way there, for whoever does not see that', () => {
    const unseen = { ...plain, claim: { ...claim, customerName: null } };
    const window = unclaimedModal(unseen, reader('zh-CN'), METHODS);
    expect(JSON.stringify(window.blocks)).toContain('李雷 已认领 · HK-8 · 待审批');
    expect(idsOf(window)).not.toContain('receipt.open');
    expect(idsOf(unclaimedModal({ ...plain, claim }, reader('zh-CN'), METHODS))).toContain('receipt.open');
  });

  it('say that it is withdrawn, by whom and when', () => {
    const facts = { ...plain, withdrawnAt: new Date('2026-11-20T01:32:00Z'), withdrawnBy: '王经理' };
    const words = JSON.stringify(unclaimedModal(facts, reader('en'), METHODS).blocks);
    expect(words).toContain('*Withdrawn*');
    expect(words).toContain('Withdrawn by 王经理, 09:32');
    expect(words).not.toContain('*Done*');
    expect(unclaimedWithdrawn(facts, reader('en')).text).toBe(
      '王经理 took back HK-20261120-007, CN¥1,234.56: it no longer waits to be claimed.',
    );
  });

  it('the list counts money, not receipts', () => {
    const list = { rows: [plain], total: 1, page: 1, pages: 1, totals: [{ currency: 'CNY', minor: 5n }] };
    expect(JSON.stringify(unclaimedListModal(list, reader('en')))).toContain('1 unclaimed · CN¥0.05');
  });

  it('offer what the reader may do', () => {
    const who = reader('zh-CN').actor;
    if (!who) throw new Error('no actor');
    const as = (id: string, role: 'rep' | 'finance' | 'auditor', facts = plain) =>
      idsOf(unclaimedModal(facts, reader('zh-CN', { actor: { ...who, id, roles: [role] } }), METHODS));
    expect(as('x', 'rep')).toEqual(['unclaimed.claim', 'audit.open']);
    expect(as('fin', 'rep')).toEqual(['unclaimed.claim', 'unclaimed.withdraw', 'audit.open']);
    expect(as('x', 'finance')).toEqual(['unclaimed.claim', 'unclaimed.withdraw', 'audit.open']);
    expect(as('x', 'auditor')).toEqual(['audit.open']);
    expect(as('fin', 'finance', { ...plain, claim })).toEqual(['receipt.open', 'audit.open']);
    expect(as('fin', 'finance', { ...plain, withdrawnAt: new Date(0) })).toEqual(['audit.open']);
    const list = { rows: [], total: 0, page: 1, pages: 1, totals: [] };
    const listed = (role: 'rep' | 'auditor') =>
      idsOf(unclaimedListModal(list, reader('zh-CN', { actor: { ...who, roles: [role] } })));
    expect([listed('rep'), listed('auditor')]).toEqual([['unclaimed.new'], []]);
  });
});

describe.each(LOCALES)('sizes in %s', (locale) => {
  const who = reader(locale);
  it('hold anything', () => {
    const claimed = { ...extreme, claim: { ...claim, customerName: nasty(120), who: nasty(200) } };
    const withdrawn = { ...extreme, withdrawnAt: new Date(0), withdrawnBy: nasty(200) };
    for (const facts of [plain, extreme, claimed, withdrawn]) {
      expectMessage(unclaimedWithdrawn(facts, who));
      expectMessage(unclaimedCard(facts, { ...who, actor: null }, METHODS));
      expectModal(unclaimedModal(facts, who, METHODS, nasty(200)));
    }
    for (const count of [0, 1, 20, 500]) {
      const rows = Array.from({ length: Math.min(count, 20) }, () => extreme);
      const totals = count === 0 ? [] : [{ currency: 'CNY', minor: MAX_MINOR }];
      expectModal(unclaimedListModal({ rows, total: count, page: 1, pages: 25, totals }, who));
    }
  });
});
