import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCustomer, editCustomer } from '../../src/domain/customers/customer.service.js';
import { newId } from '../../src/domain/ids.js';
import { NOON } from '../support/company.js';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let rep: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  rep = world.person('rep');
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const who of ['rep', 'rep2', 'manager', 'finance'] as const)
    await world.sandbox.dismiss(slackId(who), true);
});

const byName = (name: string) => world.company.db.customer.findFirstOrThrow({ where: { name } });
const value = (customer: { id: string }) => JSON.stringify({ k: customer.id });

describe('new customer', () => {
  it('keeps every field and shows the card', async () => {
    await rep.press('customer.new');
    await rep.submit({
      name: { value: '华东<机械>' },
      shortName: { value: '华东' },
      type: { value: 'dealer' },
      industry: { value: 'manufacturing' },
      contactName0: { value: '王会计' },
      contactPhone0: { value: '021-5555' },
      contactEmail0: { value: 'wang@example.com' },
      contactRole0: { value: '会计' },
      address: { value: '上海' },
      taxTitle: { value: '华东机械有限公司' },
      taxNo: { value: '9131' },
      bank: { value: '工行' },
      bankAccount: { value: '6222' },
      remark: { value: '月结' },
    });
    const customer = await byName('华东<机械>');
    expect(customer).toMatchObject({
      shortName: '华东',
      type: 'dealer',
      industry: 'manufacturing',
      contacts: [
        { name: '王会计', phone: '021-5555', email: 'wang@example.com', role: '会计', isBilling: true },
      ],
      address: '上海',
      taxTitle: '华东机械有限公司',
      taxNo: '9131',
      bank: '工行',
      bankAccount: '6222',
      remark: '月结',
      ownerId: world.company.ids.rep,
    });
    expect(rep.top().callback_id).toBe('customer.card');
    expect(rep.words()).toContain(`*华东&lt;机械&gt;* · ${customer.code}`);
    expect(rep.words()).toContain('王会计 · 会计 · 021-5555 · wang@example.com · 开票联系人');
  });

  it('answers a name that is taken, a name that is too long, and a contact without a name on their fields', async () => {
    const taken = await createCustomer(await world.company.as('rep2'), { name: '已有客户' });
    await rep.press('customer.new');
    await rep.submit({ name: { value: '已有客户' }, address: { value: '我写的地址' } });
    expect(rep.words()).toContain(`已有同名的客户 ${taken.code}，负责人 rep2`);
    // Somebody else's: it is named, not offered.
    expect(rep.words()).not.toContain('customer.use');
    expect(rep.top().state.values.address?.value?.value).toBe('我写的地址');
    await rep.submit({ 'checked|1': { value: ['yes'] } });
    expect(await world.company.db.customer.count({ where: { name: '已有客户' } })).toBe(2);
    await world.sandbox.dismiss(rep.id, true);
    await rep.press('customer.new');
    const wrong = await rep.submit({ name: { value: '名'.repeat(125) }, contactPhone0: { value: '1' } });
    expect(wrong.errors).toMatchObject({
      name: '多 5 字，最多 120。删短。',
      contactName0: '这里不能空。填上再提交。',
    });
  });

  it('takes no e-mail address that is none', async () => {
    await rep.press('customer.new');
    const typed = { name: { value: '有邮箱的' }, contactName0: { value: '王' } };
    const wrong = await rep.submit({ ...typed, contactEmail0: { value: 'nope' } });
    expect(wrong.errors).toEqual({ contactEmail0: '“nope”不是邮箱地址。例：wang@example.com。' });
    await rep.submit({ ...typed, contactEmail0: { value: 'wang+1@mail.example.com.cn' } });
    expect(await byName('有邮箱的')).toMatchObject({ contacts: [{ email: 'wang+1@mail.example.com.cn' }] });
  });

  it('makes one customer of a form that arrives twice', async () => {
    await rep.press('customer.new');
    const { request_id } = await rep.submit({ name: { value: '只有一个' } });
    await world.sandbox.redeliver(request_id);
    expect(await world.company.db.customer.count({ where: { name: '只有一个' } })).toBe(1);
  });

  it('says that nothing was saved when the database is gone, and keeps what was typed', async () => {
    await rep.press('customer.new');
    const { db } = world.company;
    await db.$executeRawUnsafe(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '57P01'; END $$`);
    await db.$executeRawUnsafe('CREATE TRIGGER fail BEFORE INSERT ON customer EXECUTE FUNCTION fail()');
    try {
      await rep.submit({ name: { value: '没存上' } });
      expect(rep.words()).toContain('没能保存，没有写入。内容还在，稍后再提交。');
      expect(rep.top().state.values.name?.value?.value).toBe('没存上');
    } finally {
      await db.$executeRawUnsafe('DROP TRIGGER fail ON customer');
      await db.$executeRawUnsafe('DROP FUNCTION fail');
    }
    await rep.submit();
    expect(await world.company.db.customer.count({ where: { name: '没存上' } })).toBe(1);
  });
});

describe('card and list', () => {
  it('edits the billing contact and leaves the other contacts alone', async () => {
    const customer = await createCustomer(await world.company.as('rep'), {
      name: '两位联系人',
      contacts: [{ name: '老板' }, { name: '旧会计', isBilling: true, phone: '1' }],
    });
    await rep.press('customer.open', value(customer));
    const card = rep.top();
    await rep.click('customer.edit');
    await rep.submit({ contactName0: { value: '新会计' } });
    expect(rep.top().id).toBe(card.id);
    expect(rep.words()).toContain('新会计');
    expect((await byName('两位联系人')).contacts).toEqual([
      { name: '新会计', isBilling: true, phone: '1' },
      { name: '老板' },
    ]);
  });

  it('keeps the form on a conflict and saves the second time', async () => {
    const customer = await createCustomer(await world.company.as('rep'), { name: '同时改' });
    await rep.press('customer.open', value(customer));
    await rep.click('customer.edit');
    const later = await world.company.as('finance', new Date(NOON.getTime() + 60_000));
    const edited = { ...later, requestId: newId(later.now) };
    await editCustomer(edited, customer.id, customer.version, {
      name: '同时改',
      shortName: '同改',
      remark: '新备注',
    });
    await rep.submit({ address: { value: '我的地址' } });
    expect(rep.words()).toMatch(/finance 10:01 改过[^。]*简称[^。]*。你填的还在，核对再保存。/);
    await rep.submit();
    expect(await byName('同时改')).toMatchObject({ address: '我的地址' });
  });

  it('takes a credit limit from the head of finance, and shows it to finance', async () => {
    const customer = await createCustomer(await world.company.as('rep'), { name: '有额度的客户' });
    const head = world.person('financeManager');
    await head.press('customer.edit', value(customer));
    const wrong = await head.submit({ creditLimit: { value: '很多' } });
    expect(Object.keys(wrong.errors ?? {})).toEqual(['creditLimit']);
    await head.submit({ creditLimit: { value: '50万' } });
    expect(head.words()).toContain('*信用额度*\\n¥500,000.00');
    expect(await byName('有额度的客户')).toMatchObject({ creditLimit: 500_000_00n });
    await head.click('customer.edit');
    await head.submit({ address: { value: '上海' } });
    expect(await byName('有额度的客户')).toMatchObject({ creditLimit: 500_000_00n, address: '上海' });
    await rep.press('customer.open', value(customer));
    expect(rep.words()).not.toContain('信用额度');
    await world.sandbox.dismiss(head.id, true);
  });

  it('finds by name, code, pinyin and initials, in the list and in selects', async () => {
    const customer = await createCustomer(await world.company.as('rep'), { name: '徐工重机' });
    await rep.press('contract.new');
    for (const words of ['徐工', 'xgzj', 'xugong', customer.code.toLowerCase(), '徐 重机']) {
      expect(await rep.choices('customerId', 'options.contract_customer', words), words).toContain(
        customer.id,
      );
    }
    expect(await rep.choices('customerId', 'options.contract_customer', '%')).not.toContain(customer.id);
    await world.sandbox.dismiss(rep.id, true);
    await rep.press('customer.list');
    await rep.click('customer.search');
    await rep.submit({ words: { value: 'xgzj' } });
    expect(rep.words()).toContain('筛选 xgzj · 1 条');
    await rep.click('customer.open');
    expect(rep.words()).toContain('*徐工重机*');
    await rep.click('customer.page.back');
    expect(rep.words()).toContain('筛选 xgzj · 1 条');
  });

  it('answers a name that nobody has with the list and the ways on, a number with its refusal', async () => {
    const answers = async (typed: string, words: readonly string[], read = () => rep.words()) => {
      await world.sandbox.command(rep.id, '/hk', typed);
      await vi.waitFor(() => expect(words.filter((one) => !read().includes(one))).toEqual([]), {
        timeout: 15_000,
      });
      await world.sandbox.dismiss(rep.id, true);
    };
    await answers('customer 没有这家', ['筛选 没有这家 · 0 条', '新建客户']);
    await answers('contract 没有这份', ['筛选 没有这份 · 0 条']);
    await answers('customer KH-9999', ['没找到 KH-9999'], () => rep.told() ?? '');
  });

  it('opens the statement, the history and a merge by name, and the list where several have it', async () => {
    for (const name of ['中联重科股份', '同名一厂', '同名二厂'])
      await createCustomer(await world.company.as('rep'), { name });
    const manager = world.person('manager');
    const opens = async (typed: string, ...words: string[]) => {
      await world.sandbox.command(manager.id, '/hk', typed);
      await vi.waitFor(
        () => expect(words.filter((one) => !manager.words().includes(one))).toEqual([]),
        15_000,
      );
      await world.sandbox.dismiss(manager.id, true);
    };
    await opens('客户 明细 中联', '中联重科股份 · KH-', '这一天之前没有往来');
    await opens('customer history zlzk', '中联重科股份');
    await opens('客户 合并 同名', '筛选 同名 · 2 条');
    await opens('客户 明细 没有这家', '筛选 没有这家 · 0 条');
  });

  it("hides another rep's customers, and shows them to finance", async () => {
    const customer = await createCustomer(await world.company.as('rep'), { name: '只属于我' });
    const rep2 = world.person('rep2');
    await rep2.press('customer.open', value(customer));
    expect(rep2.told()).toContain('没找到');
    await rep2.press('customer.edit', value(customer));
    expect(rep2.told()).toContain('没找到');
    const finance = world.person('finance');
    await finance.press('customer.open', value(customer));
    expect(finance.words()).toContain('只属于我');
  });

  it('starts a contract with the customer chosen', async () => {
    const customer = await createCustomer(await world.company.as('rep'), { name: '从卡片新建' });
    await rep.press('customer.open', value(customer));
    await rep.click('contract.new');
    const chosen = rep.top().state.values[`customerId|${customer.id}`]?.['options.contract_customer'];
    expect(chosen?.selected_option?.value).toBe(customer.id);
  });

  it('turns pages of twenty', async () => {
    const rep2 = world.person('rep2');
    for (let count = 0; count < 41; count += 1) {
      await createCustomer(await world.company.as('rep2'), { name: `分页客户${count}` });
    }
    await rep2.press('customer.list');
    await rep2.click('customer.page.next');
    expect(rep2.words()).toContain('第 2 页，共 3 页');
    expect(rep2.words().split('customer.open').length - 1).toBe(20);
    await rep2.click('customer.page.previous');
    expect(rep2.words()).toContain('第 1 页，共 3 页');
  });
});

describe('history, merge and hand-over', () => {
  it('notes a key event on the card and shows it with the changes', async () => {
    const customer = await createCustomer(await world.company.as('rep'), { name: '有历史的客户' });
    await rep.press('customer.open', value(customer));
    await rep.click('customer.event');
    await rep.submit({ text: { value: '换了采购负责人' } });
    expect(rep.words()).toContain('已记下');
    await rep.click('customer.history.open');
    expect(rep.words()).toContain('换了采购负责人');
    expect(rep.words()).toContain('建立客户');
    await rep.click('customer.open');
    expect(rep.words()).toContain('有历史的客户');
  });

  it('adds a contact without losing what was typed', async () => {
    await rep.press('customer.new');
    await rep.click('customer.contact');
    await rep.submit({
      name: { value: '两个联系人' },
      contactName0: { value: '甲' },
      contactName1: { value: '乙' },
    });
    expect((await byName('两个联系人')).contacts).toEqual([{ name: '甲', isBilling: true }, { name: '乙' }]);
  });

  it('is merged by the manager after what moves was shown, and refused to the rep', async () => {
    const keep = await createCustomer(await world.company.as('rep'), { name: '留下的' });
    const gone = await createCustomer(await world.company.as('rep'), { name: '并掉的', taxNo: '91MERGE' });
    await rep.press('customer.merge', value(keep));
    expect(rep.told()).toContain('合并客户');
    const manager = world.person('manager');
    await manager.press('customer.merge', value(keep));
    await manager.choices('keep', 'customer.merge_pick.keep', keep.code);
    expect(await manager.choices('gone', 'customer.merge_pick.gone', 'bdd')).toContain(gone.id);
    await manager.submit({
      keep: { 'customer.merge_pick.keep': keep.id },
      gone: { 'customer.merge_pick.gone': gone.id },
    });
    expect(manager.words()).toContain('税号补上：91MERGE');
    await manager.submit();
    expect(await byName('并掉的')).toMatchObject({ mergedIntoId: keep.id });
    expect(manager.words()).toContain(`${gone.code} 已并入 ${keep.code}`);
  });

  it('hands a book over after it was shown', async () => {
    await createCustomer(await world.company.as('rep2'), { name: '要交接的' });
    const manager = world.person('manager');
    await manager.press('customer.hand_over');
    await manager.submit({
      from: { 'customer.hand_over_pick.from': slackId('rep2') },
      to: { 'customer.hand_over_pick.to': slackId('rep') },
    });
    expect(manager.words()).toMatch(/个客户、0 份合同、0 期计划交给/);
    await manager.submit();
    expect(await byName('要交接的')).toMatchObject({ ownerId: world.company.ids.rep });
  });

  it('tells whoever may hand over of the book of somebody who has left, and begins with it', async () => {
    await createCustomer(await world.company.as('rep2'), { name: '没人管的' });
    const { db, ids } = world.company;
    const manager = world.person('manager');
    await manager.press('todo.open');
    expect(manager.words()).not.toContain('待交接');
    await world.sandbox.dismiss(slackId('manager'), true);
    await db.user.update({ where: { id: ids.rep2 }, data: { active: false } });
    try {
      await manager.press('todo.open');
      expect(manager.words()).toMatch(/等你处理.*（(.*、)?待交接 1）/);
      expect(manager.words()).toMatch(/\*rep2\*\\n已离开或没有角色，名下还有 0 期计划待回款、\d+ 个客户/);
      await manager.click('customer.hand_over');
      expect(manager.words()).toContain('*从* rep2');
      expect(manager.words()).not.toContain('customer.hand_over_pick.from');
      await manager.submit({ to: { 'customer.hand_over_pick.to': slackId('rep') } });
      expect(manager.words()).toMatch(/rep2 的 \d+ 个客户.*交给 rep。/);
      await manager.submit();
      expect(await byName('没人管的')).toMatchObject({ ownerId: ids.rep });
      await world.sandbox.dismiss(slackId('manager'), true);
      await manager.press('todo.open');
      expect(manager.words()).not.toContain('待交接');
    } finally {
      await db.user.update({ where: { id: ids.rep2 }, data: { active: true } });
    }
  });
});
