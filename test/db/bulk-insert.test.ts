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

// The signs between values, and what JSON, arrays and the client's own encoding could stumble over.
it.each([
  ['as text with signs', `"O'Brien" \\ , {} \n\t 𠮷 \\u007f`, []],
  ['as JSON where a value holds such a sign', 'a\x7f"\x7f\x90 \x91 \x92 \x93', []],
  ['as JSON where an array holds an empty text alone', 'plain', ['']],
])('writes what createMany writes, every type, nulls and defaults, %s', async (_way, odd, payers) => {
  const { db, ids } = company;
  const author = { createdAt: NOON, createdById: ids.rep, updatedAt: NOON, updatedById: ids.rep };
  const customer = (code: string, more = {}) => ({
    id: newId(NOON),
    code,
    name: `${odd} ${code}`,
    contacts: [{ name: `王${odd}`, isBilling: true }],
    relatedPayers: ['a,b', '{c}', '', odd],
    searchText: code,
    searchGrams: ['a'],
    ownerId: ids.rep,
    ...author,
    ...more,
  });
  const prefix = odd.length;
  const codes = [1, 2, 3, 4].map((n) => `${prefix}-${n}`);
  const [one, two, three, four] = codes.map((code, n) =>
    customer(code, n % 2 === 1 ? { taxNo: '9131', shortName: null, relatedPayers: payers } : {}),
  );
  if (!one || !two || !three || !four) throw new Error('four customers');
  await transact(db, (tx) => bulkInsert(tx, 'customer', [one, two]));
  await db.customer.createMany({ data: [three, four] });
  const rows = await db.customer.findMany({ where: { code: { in: codes } }, orderBy: { code: 'asc' } });
  const plain = rows.map(({ id: _id, code: _code, name, searchText: _text, ...row }) => ({
    ...row,
    name: name.replace(/\d+-\d$/, ''),
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
  await transact(db, (tx) => bulkInsert(tx, 'contract', [contract(`A${prefix}`)]));
  await db.contract.createMany({ data: [contract(`B${prefix}`)] });
  const [a, b] = await db.contract.findMany({
    where: { customerId: one.id },
    orderBy: { number: 'asc' },
  });
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
