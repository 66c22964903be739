// Every button of the app, pressed by a rep who has nothing to do with what it names: with the values that others are shown,
// with ids of other people's rows in every place, with ids that do not exist and with nonsense; and every window submitted
// so. Each is answered, nothing of it is "unexpected", no word of what is not theirs is shown, no row changes.
import { randomUUID } from 'node:crypto';
import { App } from '@slack/bolt';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { registerHandlers } from '../../src/handlers/index.js';
import { Listeners } from '../../src/handlers/listeners.js';
import { anActiveContract, aSubmittedReceipt, NOON, type PersonKey } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { contentsOf } from '../support/table-contents.js';

interface Button {
  readonly action: string;
  readonly value: string;
}

/** Who is shown what, while the buttons are collected. */
const SHOWN_TO: readonly PersonKey[] = ['rep', 'manager', 'financeManager', 'admin'];
/** What the rep from elsewhere may not read. */
const SECRETS = ['绝密客户', '绝密合同'] as const;
/** Buttons that do something at once, without a window before it: not pressed while buttons are collected. */
const ACTS = /approve|reject|delete|remove|withdraw|acknowledge|confirm|archive|dissolve/;
/** Where the tour begins: windows of one record. */
const OPENERS = ['contract.open', 'instalment.open', 'customer.open', 'receipt.open', 'approval.open'];
/** What a person writes for themselves by looking: their own row, drafts, what was asked for and is answered by a file. */
const OWN_TRACES = ['app_user', 'form_draft', 'request', 'export_job', 'sequences'];

const problems: string[] = [];
const log = pino({ level: 'error' }, { write: (line: string) => void problems.push(line) });
const known = {
  actions: new Set<string>(),
  patterns: new Set<RegExp>(),
  windows: new Set<string>(),
  hears: (action: string): boolean =>
    known.actions.has(action) || [...known.patterns].some((pattern) => pattern.test(action)),
};
/** Buttons with their values, as they were shown. */
const shown = new Map<string, Button>();
/** Windows with their metadata, as they were shown. */
const windows = new Map<string, { window: string; metadata: string }>();
let world: SandboxedCompany;
/** What buttons and windows carry about the records of the tour. */
let theirs: string[];

class Recorded extends Listeners {
  override action(...[id, run]: Parameters<Listeners['action']>): void {
    if (id instanceof RegExp) known.patterns.add(id);
    known.actions.add(id instanceof RegExp ? exampleOf(id) : id);
    super.action(id, run);
  }
  override view(...[id, run]: Parameters<Listeners['view']>): void {
    known.windows.add(id);
    super.view(id, run);
  }
}

/** An id that a pattern such as /^ledger\.page\.(previous|next)$/ takes. */
function exampleOf(pattern: RegExp): string {
  const id = pattern.source
    .replace(/^\^|\$$/g, '')
    .replace(/\((?:\?:)?([^|)]*)[^)]*\)/g, '$1')
    .replace(/\\d/g, '1')
    .replace(/\[[^\]]*\]\+?/g, 'aging')
    .replace(/\\/g, '');
  expect(id).toMatch(pattern);
  return id;
}

/** Every button within what was drawn. */
function collect(drawn: unknown): void {
  if (Array.isArray(drawn)) for (const part of drawn) collect(part);
  else if (typeof drawn === 'object' && drawn !== null) {
    const { action_id: action, value, type } = drawn as Record<string, unknown>;
    if (type === 'button' && typeof action === 'string') {
      const button = { action, value: typeof value === 'string' ? value : '' };
      shown.set(JSON.stringify(button), button);
    }
    for (const part of Object.values(drawn)) collect(part);
  }
}

/** Rows of every table but those a person writes by looking; a file of one's own list may be asked for, and is audited. */
async function rows(): Promise<Record<string, string[]>> {
  const all = await contentsOf(world.pool);
  const tables = Object.entries(all).filter(([table]) => !OWN_TRACES.includes(table));
  return Object.fromEntries(
    tables.map(([table, lines]) => [
      table,
      lines.filter((line) => !line.includes(',export.requested,export,')),
    ]),
  );
}

/** Everything that stands before a person now. */
const before = (who: PersonKey): string => {
  const id = slackId(who);
  return JSON.stringify([world.sandbox.views(id), world.sandbox.history(id, world.sandbox.dm(id))]);
};

async function press(who: PersonKey, { action, value }: Button): Promise<void> {
  await world.sandbox.dismiss(slackId(who), true);
  await world.person(who).press(action, value);
}

/** What the app answers to a window that Slack's page would never send. */
async function submit(who: PersonKey, window: string, metadata: string): Promise<void> {
  const acknowledged: unknown[] = [];
  const view = {
    id: 'V0FORGED',
    callback_id: window,
    type: 'modal',
    title: { type: 'plain_text', text: 'x' },
    blocks: [],
    private_metadata: metadata,
    hash: '1.x',
    state: { values: {} },
  };
  const user = { id: slackId(who), name: who, team_id: 'T0SANDBOX' };
  await world.app.processEvent({
    body: {
      type: 'view_submission',
      team: { id: 'T0SANDBOX' },
      user,
      view,
      trigger_id: '1.2.x',
      api_app_id: 'A',
    },
    ack: async (answer) => void acknowledged.push(answer ?? {}),
  });
  expect(acknowledged, window).toHaveLength(1);
}

/** A value or metadata with an id in every place that has one, under the names that values have. */
const naming = (ids: Record<string, string>, others: string): string =>
  JSON.stringify({
    ...Object.fromEntries([...'abcdgikqusx'].map((key) => [key, ids[key] ?? others])),
    ...{ r: randomUUID(), v: 1, p: 1, n: 0, m: null, o: false },
  });

beforeAll(async () => {
  world = await startSandboxedCompany('zh-CN', undefined, log);
  const { company } = world;
  const receiver = { init() {}, start: async () => {}, stop: async () => {} };
  const deps = { db: company.db, clock: () => NOON, log, kick: () => {}, download: async () => null };
  registerHandlers(new Recorded(new App({ token: 'x', receiver, botId: 'B', botUserId: 'U' })), deps);
  const { customer, contract, rows } = await anActiveContract(
    company,
    [
      [10_000_00n, '2026-11-10'],
      [20_000_00n, '2026-10-10'],
      [30_000_00n, null],
    ],
    { contract: { name: SECRETS[1] } },
  );
  await company.db.customer.update({ where: { id: customer.id }, data: { name: SECRETS[0] } });
  const [first, second] = rows as [Instalment, Instalment];
  const { receipt, approval } = await aSubmittedReceipt(company, first, 4_000_00n);
  const ask = { instalmentId: second.id, version: second.version, kind: 'bad_debt', amount: 1_00n } as const;
  const writeOff = await askWriteOff(await company.as('finance'), { ...ask, reason: '客户破产' });
  const ids = { c: contract.id, k: customer.id, a: approval.id, u: company.ids.rep, i: first.id };
  theirs = [
    naming(ids, first.id),
    naming({ ...ids, a: writeOff.id, i: second.id }, customer.id),
    naming({ ...ids, i: receipt.id }, receipt.id),
    naming({ ...ids, i: customer.id, u: customer.id }, contract.id),
  ];
});
afterAll(() => world.close());

it('knows every listener', () => {
  expect(known.actions.size).toBeGreaterThan(150);
  expect(known.windows.size).toBeGreaterThan(40);
});

it('opens whatever its people may open, and nothing of it is unexpected', async () => {
  for (const who of SHOWN_TO) {
    const pressed = new Set<string>();
    const waiting: Button[] = [...known.actions].map((action) => ({ action, value: '' }));
    for (const value of theirs) for (const action of OPENERS) waiting.push({ action, value });
    for (let button = waiting.shift(); button !== undefined; button = waiting.shift()) {
      const { action, value } = button;
      const kind = `${action} ${value.length}`;
      if (pressed.has(kind) || ACTS.test(action)) continue;
      pressed.add(kind);
      await press(who, button);
      const seen = new Set(shown.keys());
      const views = world.sandbox.views(slackId(who));
      collect(views);
      for (const { callback_id: window, private_metadata: metadata } of views)
        if (known.windows.has(window)) windows.set(`${window} ${metadata}`, { window, metadata });
      for (const [key, found] of shown) if (!seen.has(key)) waiting.push(found);
    }
  }
  expect(shown.size).toBeGreaterThan(120);
  const deaf = [...shown.values()].filter(({ action }) => !known.hears(action));
  expect(deaf).toEqual([]);
  expect(problems).toEqual([]);
});

it('refuses every button with what is somebody else’s, forged or nonsense', async () => {
  const earlier = await rows();
  const made = [...theirs, naming({}, randomUUID()), '{"i":"; DROP TABLE'];
  const forged = [...known.actions].flatMap((action) => made.map((value) => ({ action, value })));
  for (const button of [...shown.values(), ...forged]) {
    await press('rep2', button);
    const now = before('rep2');
    for (const secret of SECRETS)
      expect(now, `${JSON.stringify(button)} shows ${secret}`).not.toContain(secret);
  }
  expect(problems).toEqual([]);
  expect(await rows()).toEqual(earlier);
});

it('answers every window with what is somebody else’s, forged or nonsense', async () => {
  const earlier = await rows();
  expect(windows.size).toBeGreaterThan(30);
  for (const { window, metadata } of windows.values()) await submit('rep2', window, metadata);
  for (const window of known.windows) {
    for (const metadata of [...theirs, naming({}, randomUUID()), '{}'])
      await submit('rep2', window, metadata);
  }
  expect(await rows()).toEqual(earlier);
  expect(problems).toEqual([]);
});
