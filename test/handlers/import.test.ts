// A spreadsheet in the app's conversation: question, columns, preview, run, error rows, and the same file again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/server/protocol.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { IMPORT_BATCH, runImports } from '../../src/jobs/run-imports.js';
import { createLog } from '../../src/log.js';
import { changeCompany, NOON, type PersonKey } from '../support/company.js';
import { deliveryTo } from '../support/local-slack.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let delivery: Delivery;
const log = createLog('silent');

beforeAll(async () => {
  world = await startSandboxedCompany();
  const { sandbox, company } = world;
  delivery = deliveryTo(sandbox, company);
});
afterAll(async () => {
  await delivery.stop();
  await world.close();
});
beforeEach(async () => {
  for (const who of ['rep', 'rep2', 'finance'] as const) await world.sandbox.dismiss(slackId(who), true);
});

/** Drops a file into the app's conversation; the message it is in. */
async function drop(who: PersonKey, name: string, content: string | Buffer): Promise<Message> {
  const { sandbox, company } = world;
  const id = slackId(who);
  const before = await company.db.importJob.count();
  const file = sandbox.upload(id, name, content);
  const message = sandbox.say(id, sandbox.dm(id), '', { file_ids: [file.id] });
  for (let tries = 0; tries < 200 && (await company.db.importJob.count()) === before; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await delivery.run();
  return message;
}

const thread = (who: PersonKey, root: Message) =>
  world.sandbox.history(slackId(who), world.sandbox.dm(slackId(who)), root.ts).slice(1);

/** Says in the thread what the file is. */
async function choose(who: PersonKey, root: Message, kind: string): Promise<void> {
  const message = thread(who, root).at(-1);
  if (!message) throw new Error('nobody asked');
  await world
    .person(who)
    .clickIn({ channel: world.sandbox.dm(slackId(who)), message }, `import.kind.${kind}`);
}

async function run(): Promise<void> {
  const stopping = new AbortController().signal;
  const env = { batch: IMPORT_BATCH.embedded, clock: () => NOON, log, kick: () => {}, stopping };
  await runImports(await world.company.system(), env);
  await delivery.run();
}

const CUSTOMERS = [
  '客户名称,客户编号,负责人,联系人,电话,备注',
  '华东机械,,rep,王会计,021-5555,',
  '华北机械,,rep,,,月结',
  '别人的,,rep2,,,',
  '没有人,,谁,,,',
  ',,rep,,,',
  '华东机械,,rep,王会计,021-5555,',
].join('\n');

describe('other files', () => {
  const say = async (who: PersonKey, ...names: string[]) => {
    const { sandbox } = world;
    const files = names.map((name) => sandbox.upload(slackId(who), name, Buffer.from('bytes')));
    const message = sandbox.say(slackId(who), sandbox.dm(slackId(who)), '', {
      file_ids: files.map((file) => file.id),
    });
    return () => thread(who, message);
  };

  it('are told where they belong, once a message', async () => {
    const answers = await say('rep', '回单.png', '合同.pdf');
    await expect
      .poll(() => answers().map(({ text }) => text), { timeout: 10_000 })
      .toEqual(['这里只读表格（.xlsx、.csv），用来导入。凭证在登记回款时上传，或发到回款卡片的消息列里。']);
    expect(JSON.stringify(answers()[0]?.blocks)).toContain('receipt.new');
    // Beside a spreadsheet the question about that one is the answer.
    const asked = await say('rep', '回单.png', '客户.csv');
    await expect.poll(() => world.company.db.importJob.count(), { timeout: 10_000 }).toBe(1);
    await delivery.run();
    expect(asked().map(({ text }) => text)).toEqual(['收到 客户.csv，要导入什么？']);
  });
});

describe('customers', () => {
  it('come in from a file in the conversation, once', async () => {
    const rep = world.person('rep');
    const root = await drop('rep', '客户.csv', `\uFEFF${CUSTOMERS}`);
    const [asked] = thread('rep', root);
    expect(asked?.text).toBe('收到 客户.csv，要导入什么？');
    expect(JSON.stringify(asked?.blocks)).not.toContain('期初');
    await choose('rep', root, 'customers');
    expect(rep.top().title?.text).toBe('对应列');
    expect(rep.words()).toContain('第一行：华东机械');
    await rep.submit();
    expect(rep.words()).toContain('*新增*\\n2');
    expect(rep.words()).toContain('*重复*\\n1');
    expect(rep.words()).toContain('*错误*\\n3');
    expect(rep.words()).toContain('负责人：不在你的范围');
    expect(rep.words()).toContain('没有这个人“谁”');
    expect(rep.top().submit?.text).toBe('导入 2 行');
    await rep.submit();
    // It has begun: nothing is previewed any more.
    expect(rep.top().title?.text).toBe('导入');
    expect(await world.company.db.customer.count()).toBe(0);
    await run();
    const done = thread('rep', root);
    expect(done[0]?.text).toBe('完成：新增 2，更新 0，跳过 1，错误 3。');
    expect(done[1]?.text).toBe('改好后再发这个文件，不会重复。');
    expect(done[1]?.files?.[0]?.name).toBe('客户-错误.csv');
    const customers = await world.company.db.customer.findMany({ orderBy: { code: 'asc' } });
    expect(customers).toMatchObject([
      {
        code: 'KH-0001',
        name: '华东机械',
        ownerId: world.company.ids.rep,
        contacts: [{ name: '王会计', phone: '021-5555', isBilling: true }],
      },
      { code: 'KH-0002', name: '华北机械', remark: '月结' },
    ]);
  });

  it('returns what was not taken as a file that can be corrected and sent again', async () => {
    const { sandbox } = world;
    const dm = sandbox.dm(slackId('rep'));
    const returned = sandbox
      .messages(dm)
      .flatMap((message) => message.files ?? [])
      .at(-1);
    if (!returned) throw new Error('no file');
    const text = await (await fetch(`${returned.url_private}?as=${slackId('rep')}`)).text();
    expect(text.split('\n')[0]).toBe('客户名称,客户编号,负责人,联系人,电话,备注,错误原因');
    expect(text).toContain('没有人,,谁,,,,负责人：没有这个人“谁”，写姓名、邮箱或 Slack ID');
    const root = await drop('rep', '客户-错误.csv', text.replaceAll(/rep2|谁/g, 'rep'));
    await choose('rep', root, 'customers');
    const rep = world.person('rep');
    await rep.submit();
    // What was wrong before is not told beside what is wrong now.
    expect(rep.words()).toContain('没有人 · rep');
    expect(rep.words()).not.toContain('没有这个人');
    expect(rep.words()).not.toContain('没用到的列');
    await rep.submit();
    await run();
    const ended = thread('rep', root);
    expect(ended[0]?.text).toBe('完成：新增 2，更新 0，跳过 0，错误 1。');
    expect(ended[1]?.files?.[0]?.name).toBe('客户-错误.csv');
    expect(await world.company.db.customer.count()).toBe(4);
  });

  it('changes what the file says otherwise, and adds nothing the second time', async () => {
    const rep = world.person('rep');
    const root = await drop(
      'rep',
      '客户.csv',
      CUSTOMERS.replace('021-5555,\n华北', '021-6666,\n华北').replace('021-5555', '021-6666'),
    );
    await choose('rep', root, 'customers');
    await rep.submit();
    expect(rep.words()).toContain('*更新*\\n1');
    expect(rep.top().submit?.text).toBe('导入 1 行');
    await rep.submit();
    await run();
    const changed = await world.company.db.customer.findFirstOrThrow({ where: { name: '华东机械' } });
    expect(changed).toMatchObject({ version: 2, contacts: [{ phone: '021-6666' }] });
    expect(await world.company.db.auditLog.count({ where: { action: 'customer.edited' } })).toBe(1);
    expect(await world.company.db.customer.count()).toBe(4);
  });

  it('says which columns nothing is read from', async () => {
    const root = await drop('rep', '列.csv', '客户名称,拼音,等级\n华西重工,hxzg,A');
    await choose('rep', root, 'customers');
    const rep = world.person('rep');
    await rep.submit();
    expect(rep.words()).toContain('没用到的列：拼音、等级');
  });

  it('refuses what is no e-mail address', async () => {
    const root = await drop(
      'rep',
      '邮箱.csv',
      '客户名称,联系人,邮箱\n华中机械,王会计,没有邮箱\n华西机械,李会计,li@example.com',
    );
    await choose('rep', root, 'customers');
    const rep = world.person('rep');
    await rep.submit();
    expect(rep.words()).toContain('邮箱：“没有邮箱”不是邮箱地址');
    expect(rep.top().submit?.text).toBe('导入 1 行');
  });

  it('refuses a file that is no spreadsheet in the window, in words', async () => {
    const rep = world.person('rep');
    const root = await drop(
      'rep',
      'old.xls',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(99)]),
    );
    await choose('rep', root, 'customers');
    expect(rep.words()).toContain('old.xls：旧版 .xls。另存为 .xlsx 再发。');
  });

  it('refuses a file of column names alone before they are matched', async () => {
    const rep = world.person('rep');
    const root = await drop('rep', '空表.csv', '客户名称,电话\n,\n');
    await choose('rep', root, 'customers');
    expect(rep.top().submit).toBeNull();
    expect(rep.words()).toContain('空表.csv：只有列名，没有数据行。填上再发。');
  });

  it('is nobody else’s: another person’s import is not found', async () => {
    const root = await drop('rep', '客户.csv', CUSTOMERS);
    const job = await world.company.db.importJob.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const rep2 = world.person('rep2');
    for (const action of ['import.kind.customers', 'import.stop'])
      await rep2.press(action, JSON.stringify({ j: job.id }));
    expect(rep2.told()).toContain('没找到');
    expect(world.sandbox.views(slackId('rep2'))).toEqual([]);
    await world.person('rep').press('import.kind.opening', JSON.stringify({ j: job.id }));
    expect(world.person('rep').told()).toContain('导入期初需要财务');
    expect(thread('rep', root)).toHaveLength(1);
  });
});

it('drafts of an import are sent for approval with one button, which counts what is left', async () => {
  const rep = world.person('rep');
  const { db } = world.company;
  const lines = [
    '合同编号,客户,合同金额,合同类型,第1期金额,第1期日期',
    'SD-1,华东机械,100,整车,100,2026-12-01',
  ];
  const root = await drop('rep', '合同.csv', [...lines, 'SD-2,华东机械,100,整车,60,2026-12-01'].join('\n'));
  await choose('rep', root, 'contracts');
  await rep.submit();
  await rep.submit();
  await run();
  const channel = world.sandbox.dm(slackId('rep'));
  const ended = () => thread('rep', root)[0];
  expect(JSON.stringify(ended()?.blocks)).toContain('全部提交审批（2）');
  const message = ended();
  if (!message) throw new Error('no message');
  await rep.clickIn({ channel, message }, 'import.send');
  const told = () => thread('rep', root).at(-1)?.text;
  await expect.poll(told).toContain('已提交 1 份合同审批。');
  expect(told()).toContain('1 份未提交，计划合计不等于合同金额：SD-2');
  await delivery.run();
  expect(JSON.stringify(ended()?.blocks)).toContain('全部提交审批（1）');
  const sent = await db.contract.findMany({
    where: { number: { startsWith: 'SD-' } },
    orderBy: { number: 'asc' },
  });
  expect(sent.map((contract) => contract.status)).toEqual(['pending_approval', 'draft']);
});

it.each([
  ['customers', '客户'],
  ['contracts', '合同与计划'],
  ['receipts', '回款'],
])(
  'the sample file of %s, sent back as it is, has no row that is an error, whatever is not chosen',
  async (kind, name) => {
    const { sandbox } = world;
    const rep = world.person('rep');
    await rep.press(`import.sample.${kind}`, '');
    const samples = () =>
      sandbox
        .messages(sandbox.dm(slackId('rep')))
        .flatMap((message) => message.files ?? [])
        .filter((file) => file.name === `导入模板-${name}.xlsx`);
    await expect.poll(() => samples().length).toBe(1);
    const answer = await fetch(`${samples()[0]?.url_private}?as=${slackId('rep')}`);
    const root = await drop('rep', 'sample.xlsx', Buffer.from(await answer.arrayBuffer()));
    await choose('rep', root, kind);
    await rep.submit();
    expect(rep.words()).toContain('*新增*\\n1');
    expect(rep.words()).toContain('*错误*\\n0');
    await rep.submit();
    await run();
    expect(thread('rep', root)[0]?.text).toBe('完成：新增 1，更新 0，跳过 0，错误 0。');
    // Money comes in for what is in force.
    if (kind === 'contracts')
      await world.company.db.contract.updateMany({ where: { number: 'A-001' }, data: { status: 'active' } });
  },
);

it('a real ledger comes in through its own headings: customers, then its invoices as contracts in force', async () => {
  const bytes = readFileSync(join(import.meta.dirname, '../data/ibm-watson-accounts-receivable.csv'));
  const [, ...lines] = bytes.toString('utf8').trim().split(/\r?\n/);
  const cells = lines.map((line) => line.split(','));
  const cents = cells.reduce((sum, cell) => sum + Math.round(Number(cell[6]) * 100), 0);
  const names = new Set(cells.map((cell) => cell[1] ?? ''));
  const { db } = world.company;
  // Without a rate every invoice would take all approvals.
  const exchangeRates = [{ currency: 'USD', rate: '7.1' }];
  await changeCompany(db, { settings: { exchangeRates } });
  const director = world.person('director');
  const given = (chosen: Record<string, string>) =>
    Object.fromEntries(Object.entries(chosen).map(([field, value]) => [field, { value }]));
  const bring = async (kind: string, chosen: Record<string, string>) => {
    const root = await drop('director', 'ledger.csv', bytes);
    await choose('director', root, kind);
    expect(director.top().title?.text).toBe('对应列');
    await director.submit(given(chosen));
    expect(director.words()).toContain('*错误*\\n0');
    await director.submit();
    await run();
    return thread('director', root)[0]?.text;
  };
  const extra = lines.length - names.size;
  expect(await bring('customers', { opt_owner: slackId('rep') })).toBe(
    `完成：新增 ${names.size}，更新 0，跳过 ${extra}，错误 0。`,
  );
  const asked = { opt_dates: 'mdy', opt_currency: 'USD', opt_type: 'vehicle', opt_status: 'in_force' };
  expect(await bring('contracts', asked)).toBe(`完成：新增 ${lines.length}，更新 0，跳过 0，错误 0。`);
  const { _count, _sum } = await db.instalment.aggregate({
    where: { lifecycle: 'open', contract: { status: 'active', customer: { name: { in: [...names] } } } },
    _count: true,
    _sum: { amount: true },
  });
  expect({ _count, _sum }).toEqual({ _count: lines.length, _sum: { amount: BigInt(cents) } });
  const first = await db.contract.findFirstOrThrow({
    where: { number: '0000611365' },
    include: { instalments: true },
  });
  expect(first).toMatchObject({ amount: 55_94n, currency: 'USD', ownerId: world.company.ids.rep });
  expect(first.instalments[0]?.dueOn?.toISOString()).toBe('2013-02-01T00:00:00.000Z');
  // The same file again is nothing new.
  const again = await drop('director', 'ledger.csv', bytes);
  await choose('director', again, 'contracts');
  await director.submit(given(asked));
  expect(director.words()).toContain('没有新的行');
}, 60_000);

it('opening balances wait as a card in finance’s channel, with all of their rows, for somebody else of finance', async () => {
  const CHANNEL = 'C0GENERAL';
  const { company, sandbox } = world;
  const set = (financeChannelId: string | null) => changeCompany(company.db, { financeChannelId });
  await set(CHANNEL);
  await company.db.customer.updateMany({ where: { name: '华北机械' }, data: { name: '期初机械' } });
  const root = await drop(
    'finance',
    '期初.csv',
    '客户,金额,回款日期\n期初机械,300,2026-01-05\n期初机械,1万,2026-02-05',
  );
  const finance = world.person('finance');
  await choose('finance', root, 'opening');
  await finance.submit({ opt_method: { value: 'transfer' } });
  await finance.submit();
  expect(finance.words()).toContain('等另一位财务审批');
  await run();
  const posted = () => sandbox.messages(CHANNEL).filter((one) => one.text?.includes('期初.csv'));
  const [card] = posted();
  if (!card) throw new Error('no card');
  expect(card.text).toBe('finance 要导入期初 期初.csv：2 笔，共 ¥10,300.00。');
  const [rows] = sandbox.history(slackId('finance2'), CHANNEL, card.ts).slice(1);
  expect(rows?.files?.[0]?.name).toBe('期初明细.csv');
  // Whoever brought it may not decide; their own message opens its window, in which they could take it back.
  await finance.clickIn({ channel: CHANNEL, message: card }, 'approval.approve');
  expect(await company.db.receipt.count({ where: { kind: 'opening' } })).toBe(0);
  const own = thread('finance', root)[0];
  if (!own) throw new Error('no message');
  await finance.clickIn({ channel: sandbox.dm(slackId('finance')), message: own }, 'approval.open');
  expect(finance.words()).toContain('approval.withdraw');
  expect(finance.words()).not.toContain('approval.approve');
  const other = world.person('finance2');
  await other.clickIn({ channel: CHANNEL, message: card }, 'approval.approve');
  await run();
  expect(await company.db.receipt.count({ where: { kind: 'opening', status: 'approved' } })).toBe(2);
  // A rewrite whose answer is lost on a busy machine is sent once more, by itself.
  await expect
    .poll(() => posted()[0]?.text, { timeout: 20_000 })
    .toBe('finance2 通过了期初 期初.csv：2 笔，共 ¥10,300.00。');
  await expect.poll(() => JSON.stringify(posted()[0]?.blocks), { timeout: 20_000 }).toContain('已入账 2 笔');
  await expect.poll(() => thread('finance', root)[0]?.text, { timeout: 20_000 }).toContain('完成：新增 2');
  const [receipt] = await company.db.receipt.findMany({ where: { kind: 'opening' } });
  await other.press('receipt.open', JSON.stringify({ i: receipt?.id }));
  expect(other.words()).toContain('由 finance 导入，finance2 审批');
  await set(null);
});
