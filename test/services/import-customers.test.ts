// Customers out of a file meet the same rules as those out of the form: the same company twice, who may own, the company's
// lists; and what the person matched is remembered.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { transact } from '../../src/db/transact.js';
import { customerInput } from '../../src/domain/customers/customer.js';
import { findCustomers } from '../../src/domain/customers/customer.queries.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import { insertCustomers } from '../../src/domain/customers/customer-insert.service.js';
import { newId } from '../../src/domain/ids.js';
import { describeImport } from '../../src/domain/imports/import-job.service.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { bringFile, stageFile } from '../support/importing.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const bring = async (lines: readonly string[], who: 'rep' | 'director' = 'rep') => {
  const { counts, reasons } = await bringFile(company, who, 'customers', lines, { ownerId: company.ids.rep });
  return [counts, ...reasons];
};

it('the same company is known by its name, however it is typed, and by its tax number', async () => {
  const { id, code } = await createCustomer(await company.as('rep'), {
    name: '华东机械(上海)有限公司',
    taxNo: '9131 00ab',
  });
  // Said otherwise, it is the same: no new version, no entry in the trail.
  const same = ['名称,税号', '华东机械（上海） 有限公司,9131 00ab', '华东机械(上海)有限公司,913100AB'];
  expect(await bring(same)).toEqual(['done 0/0/2/0']);
  expect(await company.db.customer.findUnique({ where: { id } })).toMatchObject({ version: 1 });
  expect(await bring(['名称,税号,地址', '华东机械（上海）有限公司,,上海'])).toEqual(['done 0/1/0/0']);
  expect(await company.db.customer.findUnique({ where: { id } })).toMatchObject({
    name: '华东机械(上海)有限公司',
    address: '上海',
  });
  const taxed = ['名称,税号', '另一个名字,9131 00AB', '甲,T1', '乙,t 1', '丙,T2'];
  expect(await bring(taxed)).toEqual(['done 2/0/0/2', 'tax_taken', 'tax_twice']);
  const error = await company.db.importRow.findFirstOrThrow({ where: { line: 2, outcome: 'error' } });
  expect(error.errors).toMatchObject([{ params: { code } }]);
  // Contracts find it by a name that is typed otherwise, too.
  const contract = ['合同编号,客户,金额', 'K-1,华东机械（上海）  有限公司,1'];
  expect((await bringFile(company, 'rep', 'contracts', contract)).counts).toBe('done 1/0/0/0');
});

it('only those who sell can own what a file brings', async () => {
  const file = ['名称,负责人', '归财务,finance', '归无角色,nobody', '归主管,manager'];
  expect(await bring(file, 'director')).toEqual(['done 1/0/0/2', 'owner_cannot', 'owner_cannot']);
  const contract = ['合同编号,客户,金额,负责人', 'L-1,归主管,1,auditor', 'L-2,归主管,1,rep'];
  const { counts, reasons } = await bringFile(company, 'director', 'contracts', contract);
  expect([counts, reasons]).toEqual(['done 1/0/0/1', ['owner_cannot']]);
});

it('type and industry are ones of the company’s lists, by key or name', async () => {
  const file = ['名称,客户类型,行业', '列表甲,经销商,Construction', '列表乙,经销,建筑', '列表丙,,航天'];
  expect(await bring(file)).toEqual(['done 1/0/0/2', 'choice_unknown', 'choice_unknown']);
  expect(await company.db.customer.findFirst({ where: { name: '列表甲' } })).toMatchObject({
    type: 'dealer',
    industry: 'construction',
  });
});

it('a customer that took in another is found by the other’s names after a file has changed it', async () => {
  const kept = await createCustomer(await company.as('rep'), { name: '留下来的' });
  const gone = await createCustomer(await company.as('rep'), { name: '旧日商行' });
  await company.db.customer.update({
    where: { id: gone.id },
    data: { deletedAt: new Date(), mergedIntoId: kept.id },
  });
  expect(await bring(['名称,地址', '留下来的,北京'])).toEqual(['done 0/1/0/0']);
  for (const words of ['旧日商行', gone.code, 'jrsh', '留下来']) {
    const { rows } = await findCustomers(await company.as('rep'), { words });
    expect([words, rows.map((row) => row.id)]).toEqual([words, [kept.id]]);
  }
});

it('a formula that failed is an error of its row, said once, and no text', async () => {
  const file = ['名称,联系人,电话', '#REF!,人,1', '算式坏,人,#DIV/0!', '#1 矿业,人,#1'];
  expect(await bring(file)).toEqual(['done 1/0/0/2', 'formula_failed', 'formula_failed']);
});

it('one contact too many is an error of its row; the rows behind it are taken', async () => {
  const contacts = Array.from({ length: 20 }, (_, index) => ({ name: `人${index}` }));
  await createCustomer(await company.as('rep'), { name: '人多', contacts });
  const file = ['名称,联系人,电话', '人多,又一个,1', '人多,人3,2', '人少,一个,3'];
  const again = [file[0] ?? '', file[2] ?? '', file[3] ?? ''];
  expect(await bring(file)).toEqual(['done 1/0/1/1', 'contacts_many']);
  expect(await bring(again)).toEqual(['done 0/1/1/0']);
});

it('a signing day that the form refuses is refused', async () => {
  const head = '合同编号,客户,金额,签订日期';
  const rows = ['M-1,人少,1,1989-12-31', 'M-2,人少,1,2027-11-21', 'M-3,人少,1,2027-11-20'];
  const { counts, reasons } = await bringFile(company, 'rep', 'contracts', [head, ...rows]);
  expect([counts, reasons]).toEqual(['done 1/0/0/2', ['date_signing', 'date_signing']]);
});

it('a day further ahead than any plan is refused, of a milestone too', async () => {
  const head = '合同编号,客户,金额,开始日期,预计验收';
  const rows = ['F-1,人少,1,2090-01-01,', 'F-2,人少,1,,2090-01-01', 'F-3,人少,1,2027-01-01,2028-01-01'];
  const { counts, reasons } = await bringFile(company, 'rep', 'contracts', [head, ...rows]);
  expect([counts, reasons]).toEqual(['done 1/0/0/2', ['date_too_far', 'date_too_far']]);
});

it('columns as the person matched them are there again for the same headings, of this person and kind alone', async () => {
  const file = ['名称,地址,联系地址', '记住,上海,北京'];
  const { id, ctx } = await stageFile(company, 'rep', 'customers', file, {
    without: ['address'],
    ownerId: company.ids.rep,
  });
  const facts = { format: 'csv', header: ['地址'], sample: [], sha256: 'x' } as const;
  const again = { ...facts, header: ['名称', '地址', '联系地址'] };
  const mappingOf = async (who: 'rep' | 'rep2', header: readonly string[]) => {
    const other = await stageFile(company, who, 'customers', ['名称', '别的'], { ownerId: company.ids[who] });
    return (await describeImport(other.ctx, other.id, 'customers', { ...facts, header })).mapping;
  };
  expect(await mappingOf('rep', again.header)).toEqual({ name: 0 });
  expect(await mappingOf('rep2', again.header)).toEqual({ name: 0, address: 1 });
  expect(await mappingOf('rep', ['名称', '地址'])).toEqual({ name: 0, address: 1 });
  const { options } = await describeImport(ctx, id, 'customers', again);
  expect(options.ownerId).toBe(company.ids.rep);
});

it('what a file fills is counted anew for the planner, and nothing that it does not fill', async () => {
  const { db } = company;
  const counted = async (table: string) => {
    const [found] = await db.$queryRaw<{ rows: number }[]>`
      SELECT reltuples::int AS rows FROM pg_class WHERE relname = ${table}`;
    return found?.rows;
  };
  expect(await bring(['名称', '计数客户'])).toEqual(['done 1/0/0/0']);
  expect(await counted('customer')).toBe(await db.customer.count());
  await createCustomer(await company.as('rep'), { name: '没有计数的客户' });
  const contract = ['合同编号,客户,金额,期数,本期金额', 'Z-1,计数客户,3,一,1', 'Z-1,计数客户,3,二,2'];
  expect((await bringFile(company, 'rep', 'contracts', contract)).counts).toBe('done 2/0/0/0');
  expect(await counted('instalment')).toBe(await db.instalment.count());
  expect(await counted('instalment_revision')).toBe(await db.instalmentRevision.count());
  expect(await counted('customer')).toBe((await db.customer.count()) - 1);
});

it('however many are written together, each is there once, with its entry in the trail', async () => {
  const ctx = await company.as('rep');
  const made = Array.from({ length: 1_001 }, (_, n) => ({
    id: newId(ctx.now),
    code: `VIELE-${n}`,
    ownerId: company.ids.rep,
    input: customerInput.parse({ name: `许多客户${n}` }),
    searchText: `viele-${n}`,
  }));
  await transact(company.db, (tx) => insertCustomers(tx, ctx, made));
  const there = await company.db.customer.findMany({
    where: { code: { startsWith: 'VIELE-' } },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  });
  expect(there).toEqual(made.map(({ id, input }) => ({ id, name: input.name })));
  const trail = await company.db.auditLog.findMany({
    where: { subjectId: { in: made.map(({ id }) => id) }, action: 'customer.created' },
    select: { subjectId: true },
  });
  expect(trail.map(({ subjectId }) => subjectId).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
});
