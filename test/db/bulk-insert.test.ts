import { afterAll, beforeAll, expect, it } from 'vitest';
import { bulkInsert } from '../../src/db/bulk-insert.js';
import { transact } from '../../src/db/transact.js';
import { newId } from '../../src/domain/ids.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase({ alone: true });
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

it('writes what createMany writes: every type, nulls and defaults', async () => {
  const { db, ids } = company;
  const author = { createdAt: NOON, createdById: ids.rep, updatedAt: NOON, updatedById: ids.rep };
  const customer = (code: string, more = {}) => ({
    id: newId(NOON),
    code,
    name: `"O'Brien" \\ ${code} 𠮷 \x7f"\x7f \\u007f`,
    contacts: [{ name: '王', isBilling: true }],
    relatedPayers: ['a,b', '{c}', ''],
    searchText: code,
    searchGrams: ['a'],
    ownerId: ids.rep,
    ...author,
    ...more,
  });
  const [one, two, three, four] = ['1', '2', '3', '4'].map((code) =>
    customer(code, code === '2' || code === '4' ? { taxNo: '9131', shortName: null } : {}),
  );
  if (!one || !two || !three || !four) throw new Error('four customers');
  await transact(db, (tx) => bulkInsert(tx, 'customer', [one, two]));
  await db.customer.createMany({ data: [three, four] });
  const rows = await db.customer.findMany({ orderBy: { code: 'asc' } });
  const plain = rows.map(({ id: _id, code: _code, name, searchText: _text, ...row }) => ({
    ...row,
    name: name.replace(/\d/, ''),
  }));
  expect(plain[0]).toEqual(plain[2]);
  expect(plain[1]).toEqual(plain[3]);

  const contract = (number: string) => ({
    id: newId(NOON),
    number,
    name: 'n',
    customerId: one.id,
    type: 'vehicle',
    amount: 999_999_999_999_999n,
    currency: 'CNY',
    signedOn: toUtcDate(localDate('2026-11-21')),
    status: 'active' as const,
    planIncomplete: true,
    ownerId: ids.rep,
    searchText: '',
    ...author,
  });
  await transact(db, (tx) => bulkInsert(tx, 'contract', [contract('A')]));
  await db.contract.createMany({ data: [contract('B')] });
  const [a, b] = await db.contract.findMany({ orderBy: { number: 'asc' } });
  expect({ ...a, id: '', number: '' }).toEqual({ ...b, id: '', number: '' });
});

it('writes nothing for no rows, and refuses a field it does not know', async () => {
  const { db } = company;
  await transact(db, (tx) => bulkInsert(tx, 'customer', []));
  const odd = { version: 2 } as never;
  await expect(transact(db, (tx) => bulkInsert(tx, 'customer', [odd]))).rejects.toThrow(
    'customer has no version',
  );
});
