// A question about an approval: who may ask, who answers, once, and where both are told (ux §4.6).
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '../../src/domain/access.js';
import { findApproval } from '../../src/domain/approvals/approval.queries.js';
import { approve, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { answerQuestion, askQuestion } from '../../src/domain/approvals/question.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { code } from '../support/errors.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { financeChannelId: 'C0FINANCE' });
});
afterAll(() => database.close());

async function aReceipt() {
  const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  return aSubmittedReceipt(company, row, 100_00n);
}
const questionsOf = (approvalId: string) => company.db.approvalQuestion.findMany({ where: { approvalId } });
const told = async (id: string) =>
  (await company.db.outbox.findMany({ where: { dedupeKey: { contains: id } }, orderBy: { id: 'asc' } })).map(
    (row) => [row.kind, row.recipient, row.anchorKey],
  );

it('is asked by who may decide, answered by whoever asked for the approval, once; the state stays', async () => {
  const { receipt, approval } = await aReceipt();
  const id = approval.id;
  for (const who of ['rep', 'rep2', 'director', 'auditor', 'nobody'] as const)
    await expect(askQuestion(await company.as(who), id, '哪一期？'), who).rejects.toMatchObject({
      code: expect.stringMatching(/^(access\.denied|receipt\.self_approval|role\.missing|not_found)$/),
    });
  const ctx = await company.as('finance');
  expect(await askQuestion(ctx, id, '哪一期？')).toEqual({ who: 'rep' });
  await expect(askQuestion(ctx, id, '哪一期？')).rejects.toEqual(code('request.repeated'));
  const [question] = await questionsOf(id);
  if (!question) throw new Error('no question');
  const { rep, finance } = company.ids;
  const asked = await told(question.id);
  expect(asked).toHaveLength(3);
  for (const line of [
    ['approval.question', 'finance', `receipt.card:${id}`],
    ['approval.question_dm', `user:${rep}`, null],
    ['receipt.card', 'finance', `receipt.card:${id}`],
  ])
    expect(asked).toContainEqual(line);

  await expect(answerQuestion(await company.as('rep2'), question.id, 'x')).rejects.toEqual(code('not_found'));
  await expect(answerQuestion(await company.as('finance'), question.id, 'x')).rejects.toEqual(
    code('not_found'),
  );
  const twice = [await company.as('rep'), await company.as('rep')];
  const results = await Promise.allSettled(twice.map((one) => answerQuestion(one, question.id, '第2期')));
  expect(results.filter((result) => result.status === 'fulfilled')).toMatchObject([
    { value: { who: 'finance' } },
  ]);
  expect(results.filter((result) => result.status === 'rejected')).toMatchObject([
    { reason: { code: 'approval.answered', params: { who: 'rep' } } },
  ]);
  const after = await told(question.id);
  expect(after).toContainEqual(['approval.answer', 'finance', `receipt.card:${id}`]);
  expect(after).toContainEqual(['approval.answer', `user:${finance}`, null]);
  // By itself it says which receipt it is about; below its card it needs not.
  const system = await company.system();
  const answer = async (person: Actor | null) =>
    (
      await renderNotice({ ...system, locale: 'zh-CN', t: translator('zh-CN'), person }, 'approval.answer', {
        questionId: question.id,
      })
    )?.blocks?.[0];
  expect(JSON.stringify(await answer(ctx.actor))).toContain(receipt.number);
  const inThread = JSON.stringify(await answer(null));
  expect(inThread).toContain('第2期');
  expect(inThread).not.toContain(receipt.number);
  const shown = await findApproval(ctx, { type: 'receipt', id: receipt.id });
  expect(shown).toMatchObject({
    status: 'open',
    version: approval.version,
    talk: [{ by: { name: 'finance' }, question: '哪一期？', answer: { by: { name: 'rep' }, text: '第2期' } }],
  });
  const trail = await company.db.auditLog.findMany({
    where: { subjectId: receipt.id, action: { in: ['approval.asked', 'approval.answered'] } },
  });
  expect(trail).toHaveLength(2);
  // The buttons of the card are still good.
  expect(await approve(await company.as('finance2'), id, approval.version)).toMatchObject({
    outcome: 'approved',
  });
});

it('stays on the card until it is answered, however many were asked after it', async () => {
  const { receipt, approval } = await aReceipt();
  for (const question of ['1?', '2?', '3?', '4?'])
    await askQuestion(await company.as('finance'), approval.id, question);
  const asked = await questionsOf(approval.id);
  for (const text of ['2?', '3?', '4?'])
    await answerQuestion(
      await company.as('rep'),
      asked.find(({ question }) => question === text)?.id ?? '',
      'x',
    );
  const shown = await findApproval(await company.as('finance'), { type: 'receipt', id: receipt.id });
  expect(shown?.talk.map(({ question, answer }) => [question, answer?.text])).toEqual([
    ['1?', undefined],
    ['4?', 'x'],
  ]);
});

it('comes too late once it is decided or withdrawn, at the same moment too', async () => {
  const [decided, taken] = [await aReceipt(), await aReceipt()];
  await askQuestion(await company.as('finance'), decided.approval.id, '?');
  const [question] = await questionsOf(decided.approval.id);
  if (!question) throw new Error('no question');
  await approve(await company.as('finance2'), decided.approval.id, decided.approval.version);
  await expect(answerQuestion(await company.as('rep'), question.id, 'x')).rejects.toEqual(
    code('approval.decided'),
  );
  await expect(askQuestion(await company.as('finance'), decided.approval.id, '?')).rejects.toEqual(
    code('approval.decided'),
  );
  const [finance, rep] = [await company.as('finance'), await company.as('rep')];
  const [asked, withdrawn] = await Promise.allSettled([
    askQuestion(finance, taken.approval.id, '?'),
    withdraw(rep, taken.approval.id),
  ]);
  expect(withdrawn.status).toBe('fulfilled');
  const left = await questionsOf(taken.approval.id);
  if (asked.status === 'rejected') expect(asked.reason).toEqual(code('approval.decided'));
  expect(left).toHaveLength(asked.status === 'fulfilled' ? 1 : 0);
  await expect(askQuestion(await company.as('finance'), company.ids.rep, '?')).rejects.toEqual(
    code('not_found'),
  );
});
