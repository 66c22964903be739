// The database goes away while people work: nothing is written, what they typed stays, and sending again works.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../../src/db/client.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract } from '../support/company.js';
import { startProxy } from '../support/cuttable-proxy.js';
import type { TestDatabase } from '../support/database.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const REP = slackId('rep');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
let cut = () => {};
let restore = () => {};
const closing: (() => Promise<unknown>)[] = [];

/** On a server: the app reaches it through a network that can be taken away. */
async function throughProxy(databaseUrl: string): Promise<Db> {
  const url = new URL(databaseUrl);
  const proxy = await startProxy(url.hostname, Number(url.port));
  url.port = String(proxy.port);
  const database = await openDatabase({ databaseUrl: url.toString() });
  cut = () => proxy.cut();
  restore = () => proxy.restore();
  closing.push(
    () => database.close(),
    () => proxy.close(),
  );
  return database.prisma;
}

/** The embedded engine has no network: its client refuses as the driver does when its connection is lost. */
function withoutEngine({ db }: TestDatabase): Db {
  let isCut = false;
  cut = () => {
    isCut = true;
  };
  restore = () => {
    isCut = false;
  };
  return new Proxy(db.prisma, {
    get(target, member, receiver) {
      if (isCut) throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
      return Reflect.get(target, member, receiver);
    },
  });
}

async function aRow(): Promise<Instalment> {
  const [row] = (await anActiveContract(world.company, [[10_000_00n, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  return row;
}
const value = (row: Instalment) => JSON.stringify({ i: row.id });
const receiptsOf = (row: Instalment) =>
  world.company.db.receipt.findMany({ where: { customerId: row.customerId } });

const GONE = {
  'zh-CN': '没能保存，没有写入。内容还在，稍后再提交。',
  'en-US': 'Nothing was saved. Your entries stay; send again soon.',
} as const;
const NOT_LOADED = {
  'zh-CN': ['没能载入，稍后再输入一次', '选项没能载入，这一条不是选项。'],
  'en-US': [
    'Could not be loaded: type again soon',
    'The choices could not be loaded, and this is none of them.',
  ],
} as const;

describe.each(['zh-CN', 'en-US'] as const)('while a form is open, in %s', (locale) => {
  const gone = GONE[locale];
  const [notLoaded, refused] = NOT_LOADED[locale];
  beforeAll(async () => {
    world = await startSandboxedCompany(locale, async (database) =>
      'databaseUrl' in database.target ? throughProxy(database.target.databaseUrl) : withoutEngine(database),
    );
    ui = windowsOf(world);
  });
  afterAll(async () => {
    for (const close of closing.splice(0)) await close();
    await world.close();
  });
  beforeEach(async () => {
    restore();
    await world.sandbox.dismiss(REP, true);
  });

  it('the receipt is not written, the form stays with what was typed, and sends once it is back', async () => {
    const row = await aRow();
    await ui.press(REP, 'receipt.new', value(row));
    cut();
    await world.sandbox.submit(
      REP,
      ui.fill(REP, { remark: '别丢', payerName: '付款方', receivedOn: '2026-11-18' }),
    );
    await expect.poll(() => words(ui.top(REP)), { timeout: 20_000 }).toContain(gone);
    expect(ui.top(REP).callback_id).toBe('receipt.new');
    restore();
    expect(await receiptsOf(row)).toEqual([]);
    await world.sandbox.submit(REP, {});
    await expect
      .poll(async () => await receiptsOf(row), { timeout: 20_000 })
      .toMatchObject([
        { remark: '别丢', payerName: '付款方', receivedOn: new Date('2026-11-18'), amount: 10_000_00n },
      ]);
  });

  it('a new date is not written either, nor is a click that cannot be done silent', async () => {
    const row = await aRow();
    await ui.press(REP, 'instalment.postpone', value(row));
    cut();
    await world.sandbox.submit(REP, ui.fill(REP, { to: '2026-12-20', remark: '客户资金' }));
    await expect.poll(() => words(ui.top(REP)), { timeout: 20_000 }).toContain(gone);
    await world.sandbox.dismiss(REP, true);
    await ui.press(REP, 'instalment.open', value(row));
    expect(ui.told(REP, world.sandbox.dm(REP))).toContain(gone);
    restore();
    const after = await world.company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    expect(after).toMatchObject({ postponeCount: 0, version: row.version });
  });
  it('what cannot be looked up is not said to be missing; the line that says so is no choice', async () => {
    await ui.press(REP, 'receipt.new', '');
    cut();
    await ui.choose(REP, 'customer', '客户', notLoaded);
    restore();
    expect(words(ui.top(REP)) + ui.told(REP, world.sandbox.dm(REP))).toContain(refused);
    await world.sandbox.dismiss(REP, true);

    await ui.press(REP, 'contract.new', '');
    cut();
    const { block_id } = ui.block(REP, 'customerId');
    const place = { block_id: String(block_id), action_id: 'options.contract_customer' };
    const container = { type: 'view', view_id: ui.top(REP).id } as const;
    const answer = await world.sandbox.options({ as: REP, container, ...place, value: '客户' });
    expect(answer).toMatchObject({ options: [{ text: { text: notLoaded } }] });
    restore();
    const typed = {
      customerId: 'not_loaded',
      name: 'A',
      type: 'vehicle',
      amount: '100',
      signedOn: '2026-11-18',
    };
    const result = await world.sandbox.submit(REP, ui.fill(REP, typed));
    expect(result).toMatchObject({ errors: { [place.block_id]: expect.stringContaining(refused) } });
    expect(await world.company.db.contract.count({ where: { name: 'A' } })).toBe(0);
  });
});
