// What all approvals share: nudges, and the card in a person's own DM.
import { describe, expect, it } from 'vitest';
import { APPROVER_ROLES } from '../../src/domain/approvals/approval.js';
import { DEFAULT_FLOWS, MAX_STEPS } from '../../src/domain/approvals/flow.js';
import { allowedRoles, newFlow } from '../../src/domain/approvals/flow-edit.js';
import type { QuestionFacts } from '../../src/domain/approvals/question.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import type { DelegateFacts } from '../../src/domain/members/delegate.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { knowingModal } from '../../src/handlers/views/approval-knowing-views.js';
import {
  NUDGED_SHOWN,
  nudgeMessage,
  overdueMessage,
  SOLO_SHOWN,
  soloWeekMessage,
} from '../../src/handlers/views/approval-notice-views.js';
import {
  answerMessage,
  askModal,
  questionLine,
  questionMessage,
  replyModal,
} from '../../src/handlers/views/approval-question-views.js';
import { cardActions, openLine, windowButtons } from '../../src/handlers/views/approval-views.js';
import { section } from '../../src/handlers/views/blocks.js';
import { approvalLine, rejectionReason } from '../../src/handlers/views/contract-terms-views.js';
import { decider, deciderNames, deciders } from '../../src/handlers/views/decider-words.js';
import { delegateForm, delegateMessage, ownSettings } from '../../src/handlers/views/delegate-views.js';
import { flowForm, flowList } from '../../src/handlers/views/flow-views.js';
import { anApproval } from '../support/approval-details.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const person = (id: string) => ({ id, name: nasty(80) });

describe.each(LOCALES)('nudges in %s', (locale) => {
  it('fit with the longest cards, names and counts', () => {
    const one = {
      card: nasty(280),
      hours: 9999,
      approval: anApproval({ approvers: Array.from({ length: 100 }, (_, n) => person(`p${n}`)) }),
    };
    const who = reader(locale);
    for (const waiting of [[one], Array.from({ length: NUDGED_SHOWN }, () => one)])
      for (const total of [waiting.length, 4000]) {
        for (const by of [null, nasty(200)]) expectMessage(nudgeMessage(waiting, total, by, who));
        expectMessage(overdueMessage(waiting, total, who));
      }
  });
});

describe.each(LOCALES)('the question before nobody is left, in %s', (locale) => {
  it('fits with the longest names, and says so where nobody else can', () => {
    const who = reader(locale);
    const heading = [section('HK-1')];
    const params = { step: 9, next: 10 };
    const names = Array.from({ length: 100 }, () => nasty(80));
    const asked = knowingModal(who, { ...params, names }, heading, '{}');
    const alone = knowingModal(who, { ...params, names: [] }, heading, '{}');
    for (const view of [asked, alone]) {
      expectModal(view);
      expect(JSON.stringify(view)).not.toContain('<!channel>');
    }
    expect(JSON.stringify(alone)).toContain(who.t('approvals:knowing.nobody', { step: 9 }));
  });
});

describe.each(LOCALES)('questions in %s', (locale) => {
  it('fit with anything that people type', () => {
    const who = reader(locale);
    const open: QuestionFacts = {
      id: ID,
      approval: { id: ID, version: 1, isOpen: true },
      about: { type: 'receipt', subjectId: ID },
      askedBy: nasty(200),
      question: nasty(500),
      answer: null,
    };
    const answered = { ...open, answer: { by: nasty(200), text: nasty(500), at: new Date(0) } };
    const heading = [section(nasty(300))];
    const metadata = JSON.stringify({ r: ID, q: ID });
    expectModal(askModal(who.t, heading, metadata, 500));
    for (const facts of [open, answered]) {
      expectModal(replyModal(facts, heading, metadata, 500, who));
      expectMessage(questionLine(facts, who));
      expectMessage(questionMessage(facts, nasty(280), who));
    }
    expect(answerMessage(open, null, who)).toBeNull();
    expectMessage(answerMessage(answered, nasty(280), who) ?? { text: '', blocks: [] });
    expect(JSON.stringify(answerMessage(answered, '关于哪一笔', who))).toContain('关于哪一笔');
    const hasReply = (facts: QuestionFacts) =>
      JSON.stringify(questionMessage(facts, '', who)).includes('approval.reply');
    expect(hasReply(open)).toBe(true);
    expect(hasReply(answered)).toBe(false);
    expect(hasReply({ ...open, approval: { ...open.approval, isOpen: false } })).toBe(false);
  });
});

describe.each(LOCALES)('delegates in %s', (locale) => {
  it('fit with any names and however many are stood in for', () => {
    const who = reader(locale);
    const until = localDate('2027-01-01');
    const delegate = { name: nasty(200), slackUserId: 'U0DELEGATE', until };
    const facts: DelegateFacts = {
      id: ID,
      slackUserId: 'U0PERSON',
      name: nasty(200),
      version: 3,
      delegate,
      standsInFor: Array.from({ length: 50 }, () => ({ name: nasty(200), until })),
    };
    for (const one of [facts, { ...facts, delegate: null, standsInFor: [] }]) {
      for (const seen of [true, false])
        expectModal(ownSettings(one, { ladder: seen, flows: seen, rates: seen ? nasty(300) : null }, who));
      for (const forOthers of [true, false])
        expectModal(delegateForm(one, { requestId: ID, forOthers, onTop: false }, who));
      for (const to of ['person', 'delegate', 'before'] as const)
        expectMessage(
          delegateMessage({ person: nasty(200), by: nasty(200), delegate: one.delegate, to }, who),
        );
    }
  });
});

describe.each(LOCALES)('approval steps in %s', (locale) => {
  it('are listed and edited whatever the flows are; a reader has no buttons', () => {
    const who = reader(locale);
    const settings = companySettings.parse({});
    const step = { mode: 'all' as const, roles: [...APPROVER_ROLES], people: [ID, ID, ID] };
    const long = DEFAULT_FLOWS.map((flow) => ({
      ...flow,
      minAmount: 9_999_999_999_999_99,
      method: nasty(40),
      contractType: nasty(40),
      creditExceeded: true,
      steps: Array.from({ length: MAX_STEPS }, () => step),
    }));
    for (const approvalFlows of [settings.approvalFlows, [...long, ...long, ...long]]) {
      const shown = { ...settings, approvalFlows };
      const list = flowList(shown, 'CNY', { mayEdit: true, version: 7 }, who);
      expectModal(list);
      expect(JSON.stringify(list)).toContain('flow.edit');
      const read = flowList(shown, 'CNY', { mayEdit: false, version: 7 }, who);
      expect(JSON.stringify(read)).not.toContain('action_id');
      for (const flow of approvalFlows.filter((one) => allowedRoles(one.subject).length > 0))
        expectModal(flowForm(flow, shown, 'CNY', JSON.stringify({ r: ID, k: flow.key, v: 1 }), who));
      for (const { subject } of approvalFlows) {
        const own = newFlow(subject, approvalFlows);
        for (const flow of [own, { ...own, minAmount: 9_999_999_999_999_99, steps: [step] }])
          expectModal(
            flowForm(flow, shown, 'CNY', JSON.stringify({ r: ID, k: null, s: subject, v: 1 }), who),
          );
      }
    }
    const row = { card: nasty(280), approval: anApproval(), who: nasty(200), at: new Date(0) };
    const week = { from: localDate('2026-11-16'), until: localDate('2026-11-22') };
    for (const count of [1, SOLO_SHOWN])
      expectMessage(
        soloWeekMessage(
          Array.from({ length: count }, () => row),
          5000,
          week,
          who,
        ),
      );
  });
});

describe('where an approval stands', () => {
  const at = new Date('2026-11-20T02:32:00Z');
  const [first, last] = [
    { id: 'a', name: '陈国栋' },
    { id: 'b', name: '周明' },
  ];
  const steps = [first, last].map((by, index) => ({ seq: index + 1, by, inPlaceOf: null, also: [], at }));
  const decided = { decidedSteps: steps, decidedBy: last, decidedAt: at, step: 2, steps: 2 };

  it('says of each name what was done, of the last one, too', () => {
    const line = (locale: (typeof LOCALES)[number], more: Partial<ReturnType<typeof anApproval>> = {}) =>
      approvalLine(anApproval({ ...decided, status: 'approved', ...more }), reader(locale));
    expect(line('zh-CN')).toBe('陈国栋 10:32 通过第 1 步 · 周明 10:32 通过');
    expect(line('en')).toBe('陈国栋 approved step 1, 10:32 · 周明 approved, 10:32');
    expect(line('zh-CN', { decidedSteps: steps.slice(1), steps: 1 })).toBe('周明 10:32');
  });

  it('names all who approved where nothing tells of the steps, and of a rejection whoever rejected', () => {
    const approved = anApproval({ ...decided, status: 'approved' });
    expect(deciders(approved, reader('zh-CN'))).toBe('陈国栋、周明');
    expect(deciders({ ...approved, solo: true }, reader('en'))).toBe('陈国栋, 周明 (solo mode)');
    expect(deciderNames(approved, 'zh-CN')).toBe('陈国栋、周明');
    const inPlace = steps.map((step) => ({ ...step, inPlaceOf: { id: 'c', name: '孙<悦>' } }));
    expect(deciders({ ...approved, decidedSteps: inPlace }, reader('zh-CN'))).toContain(
      '陈国栋（代 孙&lt;悦&gt;）、周明',
    );
    const rejected = anApproval({ ...decided, status: 'rejected' });
    expect(deciders(rejected, reader('zh-CN'))).toBe('周明');
    expect(deciderNames(rejected, 'en')).toBe('周明');
    const alone = anApproval({ ...decided, decidedSteps: steps.slice(1), steps: 1, status: 'approved' });
    expect(deciderNames(alone, 'en')).toBe('周明');
    expect(deciderNames(anApproval(), 'en')).toBe('—');
    const solo = anApproval({
      ...decided,
      decidedSteps: steps.map((step) => ({ ...step, by: last })),
      status: 'approved',
      solo: true,
    });
    expect(deciders(solo, reader('zh-CN'))).toBe('周明（单人模式）');
    expect(deciderNames(solo, 'zh-CN')).toBe('周明');
    const namesake = { ...last, id: 'z' };
    const two = {
      ...solo,
      solo: false,
      decidedSteps: steps.map((step, n) => ({ ...step, by: n === 0 ? namesake : last })),
    };
    expect(deciders(two, reader('zh-CN'))).toBe('周明、周明');
    expect(deciderNames(two, 'zh-CN')).toBe('周明、周明');
  });

  it('names everybody of a step that asks each of several', () => {
    const own = { by: first, inPlaceOf: null };
    const inPlace = { by: { id: 'c', name: '孙<悦>' }, inPlaceOf: { id: 'd', name: '何静' } };
    const each = [{ seq: 1, by: last, inPlaceOf: null, at, also: [own, inPlace] }];
    const approved = anApproval({ ...decided, decidedSteps: each, steps: 1, step: 1, status: 'approved' });
    expect(approvalLine(approved, reader('zh-CN'))).toBe('陈国栋、孙&lt;悦&gt;（代 何静）、周明 10:32');
    expect(decider(approved, reader('en'))).toBe('陈国栋, 孙&lt;悦&gt; (for 何静), 周明');
    expect(deciderNames(approved, 'zh-CN')).toBe('陈国栋、孙<悦>、周明');
    const many = Array.from({ length: 40 }, (_, n) => ({
      by: { id: `${n}`, name: `人${n}` },
      inPlaceOf: null,
    }));
    const crowd = {
      ...approved,
      decidedSteps: approved.decidedSteps.map((step) => ({ ...step, also: many })),
    };
    expect(decider(crowd, reader('zh-CN'))).toMatch(/^人0、人1、.*、人11、\+29$/);
    const rejected = { ...approved, status: 'rejected' as const };
    expect(decider(rejected, reader('zh-CN'))).toBe('周明');
    const next = anApproval({ decidedSteps: each, step: 2, steps: 2 });
    expect(openLine(next, reader('zh-CN'))).toBe(
      '陈国栋、孙&lt;悦&gt;（代 何静）、周明 10:32 通过第 1 步 · 第 2 步，共 2 步 · 等 韩梅梅',
    );
    expect(openLine(anApproval({ approvedSoFar: [own, inPlace] }), reader('en'))).toBe(
      'Step 1 of 1 · approved by 陈国栋, 孙&lt;悦&gt; (for 何静) · waiting for 韩梅梅',
    );
  });

  it('has questions and answers on lines of their own', () => {
    const talk = [{ by: first, question: '哪一期？', answer: { by: last, text: '第2期' } }];
    expect(openLine(anApproval({ talk }), reader('zh-CN')).split('\n')).toEqual([
      '第 1 步，共 1 步 · 等 韩梅梅',
      '陈国栋 问：哪一期？',
      '周明 答：第2期',
    ]);
  });

  it('does not say "other" beside what was written', () => {
    const reason = (more: Partial<ReturnType<typeof anApproval>>) =>
      rejectionReason(anApproval({ status: 'rejected', reason: 'other', ...more }), reader('en'));
    expect(reason({ comment: 'add the warranty end' })).toBe('add the warranty end');
    expect(reason({})).toBe('Other');
    expect(reason({ reason: 'amount', comment: 'too low' })).toMatch(/^.+, too low$/);
  });
});

describe('the card in a DM', () => {
  const approval = anApproval({
    approvers: [person('next')],
    delegates: [{ id: 'stand_in', of: { id: 'next', name: '周<明>' } }],
  });
  const words = { label: 'x', title: 'x', text: 'x' };
  const ids = (id: string | null) => {
    const { actor } = reader('en');
    const who = reader('en', { actor: actor && id !== null ? { ...actor, id } : null });
    return [...JSON.stringify(cardActions(approval, words, who)).matchAll(/"action_id":"([^"]+)"/g)].map(
      (match) => match[1],
    );
  };
  it('has buttons for who may decide now, delegates included; whose step is over only opens it', () => {
    const all = ['approval.approve', 'approval.reject', 'approval.ask', 'approval.more'];
    expect(ids('next')).toEqual(all);
    expect(ids('stand_in')).toEqual(all);
    expect(ids(null)).toEqual(all);
    expect(ids('before')).toEqual(['approval.open']);
  });

  it('has buttons in a window, too, for the only finance user in solo mode, whatever they are involved in', () => {
    const { actor } = reader('en');
    if (!actor) throw new Error('nobody reads');
    const me = { ...actor, id: 'solo', roles: ['finance'] as const };
    const mine = (approvers: { id: string; name: string }[]) => {
      const { question } = anApproval();
      const involved = { ...(question as NonNullable<typeof question>), involvedIds: ['solo'] };
      const asked = anApproval({ approvers, alone: approvers.length > 0, question: involved });
      const scope = { action: 'receipt.approve', ownerId: null } as const;
      return windowButtons(asked, words, reader('en', { actor: me }), scope).length;
    };
    expect(mine([{ id: 'solo', name: '孙悦' }])).toBe(3);
    expect(mine([])).toBe(0);
  });

  it('says to a delegate, and to nobody else, in whose place they decide', () => {
    const line = (id: string | null, locale: 'zh-CN' | 'en' = 'zh-CN') => {
      const { actor } = reader(locale);
      return openLine(approval, reader(locale, { actor: actor && id !== null ? { ...actor, id } : null }));
    };
    expect(line('stand_in')).toMatch(/ · 你代 周&lt;明&gt;$/);
    expect(line('stand_in', 'en')).toMatch(/ · you act for 周&lt;明&gt;$/);
    for (const id of ['next', 'before', null]) expect(line(id)).not.toContain('你代');
  });

  it('asks before a step that is not the last what the last one does', () => {
    const asked = (step: number) => {
      const card = cardActions(
        { ...approval, step, steps: 3 },
        { ...words, text: '4 期计划生效' },
        reader('zh-CN', { actor: null }),
      );
      return JSON.stringify(card);
    };
    expect(asked(1)).toContain('"第 1 步，共 3 步；最后一步通过后：4 期计划生效"');
    expect(asked(3)).toContain('"4 期计划生效"');
  });
});
