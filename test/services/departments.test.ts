// Departments on a real database: who may make them, what they change for their heads, and what is refused (F98, F99).

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findContracts } from '../../src/domain/contracts/contract-list.queries.js';
import { newId } from '../../src/domain/ids.js';
import { findDepartment, findDepartments } from '../../src/domain/members/department.queries.js';
import {
  type DepartmentInput,
  removeDepartment,
  saveDepartment,
} from '../../src/domain/members/department.service.js';
import { setMember } from '../../src/domain/members/member.service.js';
import { loadPeople } from '../../src/domain/reminders/ladder.queries.js';
import { loadSetup } from '../../src/domain/settings/setup.queries.js';
import {
  anActiveContract,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const as = (who: PersonKey) => company.as(who);
const make = async (name: string, input: Partial<DepartmentInput> = {}) =>
  saveDepartment(await as('admin'), {
    id: null,
    version: 0,
    name,
    parentId: null,
    directorId: null,
    ...input,
  });

/** Puts a person into a department, under nobody. */
async function place(who: PersonKey, departmentId: string | null) {
  const user = await company.db.user.findUniqueOrThrow({ where: { id: company.ids[who] } });
  const { version } = user;
  const roles = [...user.roles] as Parameters<typeof setMember>[1]['roles'];
  await setMember(await as('admin'), { userId: user.id, version, roles, managerId: null, departmentId });
}

describe('a head of departments', () => {
  it('sees the records of its people and of those below it, and is who hears of them', async () => {
    await anActiveContract(company, [[100n, '2026-12-01']], { who: 'rep' });
    await anActiveContract(company, [[100n, '2026-12-01']], { who: 'rep2' });
    const sales = await make('销售部', { directorId: company.ids.manager });
    const east = await make('华东', { parentId: sales.id });
    await place('rep', east.id);
    await place('rep2', null);
    const seen = await findContracts(await as('manager'));
    expect(seen.rows.map((row) => row.ownerName)).toEqual(['rep']);
    const { managers } = (await loadPeople(company.db, { financeChannelId: null }))(company.ids.rep, null);
    expect(managers).toEqual([company.ids.manager, company.ids.director]);
    // Without department and manager nobody stands above: the checklist of the admins says so.
    expect((await loadSetup(await company.system())).repsWithoutManager).toBe(1);
    await place('rep2', east.id);
    expect((await loadSetup(await company.system())).repsWithoutManager).toBe(0);
    expect((await findContracts(await as('manager'))).total).toBe(2);
  });

  it('no longer sees what moved elsewhere', async () => {
    await anActiveContract(company, [[100n, '2026-12-01']], { who: 'rep' });
    const east = await make('华东', { directorId: company.ids.manager });
    await place('rep', east.id);
    expect((await findContracts(await as('manager'))).total).toBe(1);
    await saveDepartment(await as('admin'), {
      id: east.id,
      version: east.version,
      name: '华东',
      parentId: null,
      directorId: company.ids.director,
    });
    expect((await findContracts(await as('manager'))).total).toBe(0);
  });
});

describe('the tree', () => {
  it('is listed with parents before what is below them, and people counted', async () => {
    const sales = await make('销售部', { directorId: company.ids.director });
    const east = await make('华东', { parentId: sales.id });
    await make('安装部');
    await place('rep', east.id);
    const { rows, total } = await findDepartments(await as('admin'));
    expect(total).toBe(3);
    const shown = rows.map((row) => [row.name, row.level, row.people, row.children]);
    expect(shown.find(([name]) => name === '华东')).toEqual(['华东', 1, 1, 0]);
    expect(shown.findIndex(([name]) => name === '华东')).toBe(
      shown.findIndex(([name]) => name === '销售部') + 1,
    );
    expect((await findDepartment(await as('admin'), east.id))?.parent?.name).toBe('销售部');
  });

  it('keeps a trail, and a form sent twice makes one', async () => {
    const ctx = await as('admin');
    const input = { id: null, version: 0, name: '华东', parentId: null, directorId: null };
    const made = await saveDepartment(ctx, input);
    await expect(saveDepartment(ctx, input)).rejects.toMatchObject({ code: 'request.repeated' });
    await removeDepartment(await as('admin'), made.id, made.version);
    const trail = await company.db.auditLog.findMany({
      where: { subjectType: 'department' },
      orderBy: { id: 'asc' },
    });
    expect(trail.map((entry) => [entry.action, entry.actorId])).toEqual([
      ['department.created', company.ids.admin],
      ['department.removed', company.ids.admin],
    ]);
  });

  it('never goes round in a circle, has no name twice, and keeps what is in use', async () => {
    const sales = await make('销售部');
    const east = await make('华东', { parentId: sales.id });
    const admin = () => as('admin');
    const change = { id: sales.id, version: sales.version, name: '销售部', directorId: null };
    for (const parentId of [sales.id, east.id]) {
      await expect(saveDepartment(await admin(), { ...change, parentId })).rejects.toMatchObject({
        code: 'department.cycle',
      });
    }
    await expect(make('华东')).rejects.toMatchObject({ code: 'department.duplicate', field: 'name' });
    await expect(removeDepartment(await admin(), sales.id, sales.version)).rejects.toMatchObject({
      code: 'department.in_use',
      params: { people: 0, children: 1 },
    });
    await place('rep', east.id);
    await expect(removeDepartment(await admin(), east.id, east.version)).rejects.toMatchObject({
      code: 'department.in_use',
    });
    await expect(removeDepartment(await admin(), east.id, east.version + 1)).rejects.toMatchObject({
      code: 'version.conflict',
    });
    for (const field of ['parentId', 'directorId'] as const) {
      await expect(make('新', { [field]: newId(NOON) })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  it.each(['rep', 'manager', 'director', 'finance', 'auditor'] as const)('is nothing for %s', async (who) => {
    const ctx = await as(who);
    const input = { id: null, version: 0, name: '华东', parentId: null, directorId: null };
    await expect(saveDepartment(ctx, input)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(removeDepartment(ctx, company.ids.rep, 1)).rejects.toMatchObject({ code: 'access.denied' });
    await expect(findDepartments(ctx)).rejects.toMatchObject({ code: 'access.denied' });
  });
});
