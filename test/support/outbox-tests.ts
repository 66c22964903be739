// A company, a local Slack and a deliverer between them, new for each test of a file, with notices to send.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { type Notice, notice } from '../../src/domain/notices/notice.js';
import { enqueue, rewriteMessage } from '../../src/domain/notices/outbox.service.js';
import type { Delivery, DeliveryOptions } from '../../src/jobs/deliver-notices.js';
import { changeCompany, createTestCompany, type TestCompany } from './company.js';
import { createTestDatabase, type TestDatabase, truncate } from './database.js';
import { deliveryTo, ESCALATION_CHANNEL, FINANCE_CHANNEL, startLocalSlack } from './local-slack.js';

export const receiptId = randomUUID();
export const approvalId = randomUUID();
export const payload = { receiptId, approvalId };
export const card: Notice = notice({
  kind: 'receipt.card',
  key: 'card:1',
  to: { channel: 'finance', otherwise: [] },
  payload,
});
export const line: Notice = notice({
  kind: 'receipt.line',
  key: 'line:1',
  to: { channel: 'finance', otherwise: [] },
  threadOf: 'card:1',
  payload: { ...payload, event: 'decided' },
});

/** What a file of tests shares. */
export interface OutboxTests {
  readonly company: TestCompany;
  readonly sandbox: Sandbox;
  delivery: Delivery;
  /** What every message says; '' for nothing left to tell. */
  words: string;
  /** Files of `receipt.vouchers`. */
  attachmentIds: string[];
}

/** Registers the hooks of a file of tests. */
export function outboxTests() {
  let database: TestDatabase;
  let sandbox: Sandbox;
  let company: TestCompany;
  const state: Omit<OutboxTests, 'company' | 'sandbox'> = {
    delivery: { kick: () => {}, run: () => Promise.resolve(), stop: () => Promise.resolve() },
    words: 'first words',
    attachmentIds: [],
  };
  const render: NonNullable<DeliveryOptions['render']> = (_ctx, kind, facts) => {
    if (state.words === '') return Promise.resolve(null);
    const text = kind.startsWith('receipt')
      ? `${state.words} ${JSON.stringify(facts).length}`
      : `${kind}: ${state.words}`;
    return Promise.resolve({
      text,
      blocks: [{ type: 'section', text: { type: 'plain_text', text } }],
      ...(kind === 'receipt.vouchers' && { attachmentIds: state.attachmentIds }),
    });
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    sandbox = await startLocalSlack();
  });
  beforeEach(async ({ onTestFailed }) => {
    // What the deliverer said: a failure that comes once in a hundred runs is explained by nothing else.
    const said: string[] = [];
    onTestFailed(() => console.error(said.join('')));
    await truncate(database.db);
    await sandbox.reset();
    company = await createTestCompany(database.db.prisma);
    await changeCompany(company.db, {
      financeChannelId: FINANCE_CHANNEL,
      escalationChannelId: ESCALATION_CHANNEL,
    });
    Object.assign(state, { words: 'first words', attachmentIds: [] });
    const log = pino({ level: 'warn' }, { write: (entry) => said.push(entry) });
    state.delivery = deliveryTo(sandbox, company, { render, log });
  });
  afterEach(() => state.delivery.stop());
  afterAll(async () => {
    await sandbox.close();
    await database.close();
  });
  const outbox: OutboxTests = Object.defineProperties(state as OutboxTests, {
    company: { get: () => company },
    sandbox: { get: () => sandbox },
  });
  return {
    outbox,
    render,
    toRep: (key = 'dm:1'): Notice =>
      notice({ kind: 'receipt.decided', key, to: { user: company.ids.rep }, payload }),
    put: async (...notices: Notice[]): Promise<void> => {
      const ctx = await company.system();
      await company.db.$transaction((tx) => enqueue(tx, ctx, ...notices));
    },
    rewrite: async (tag: string, which: 'card' | 'dm' = 'card'): Promise<void> => {
      const ctx = await company.system();
      await company.db.$transaction((tx) =>
        which === 'card'
          ? rewriteMessage(tx, ctx, { key: 'card:1', kind: 'receipt.card', payload }, tag)
          : rewriteMessage(tx, ctx, { key: 'dm:1', kind: 'receipt.decided', payload }, tag),
      );
    },
    rowOf: (key: string) => company.db.outbox.findUniqueOrThrow({ where: { dedupeKey: key } }),
    /** Back-off and leases are over. The column keeps milliseconds: `now()` may be rounded up to just after the next look. */
    later: () =>
      company.db.$executeRaw`
        UPDATE outbox SET next_attempt_at = LEAST(next_attempt_at, now() - interval '1 ms'),
          lease_until = now() - interval '1 s'
        WHERE status IN ('pending', 'sending')`,
    inFinance: () => sandbox.messages(FINANCE_CHANNEL),
    deleteMessage: async (ts: string): Promise<void> => {
      const answer = await fetch(`${sandbox.apiUrl}chat.delete`, {
        method: 'POST',
        headers: { authorization: `Bearer ${sandbox.botToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ channel: FINANCE_CHANNEL, ts }),
      });
      if (!((await answer.json()) as { ok: boolean }).ok) throw new Error('not deleted');
    },
  };
}
