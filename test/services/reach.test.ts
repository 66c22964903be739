// Who is below and above whom is the same in SQL and in TypeScript, in companies made by chance (rules §12, F99).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findActor, listManagerChain } from '../../src/domain/members/member.queries.js';
import {
  type PlacedDepartment,
  type PlacedPerson,
  peopleBelow,
  superiorOf,
} from '../../src/domain/members/reach.js';
import { belowSql, superiorSql } from '../../src/domain/members/reach.sql.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { randomFrom } from '../support/random.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => truncate(database.db));
afterAll(() => database.close());

const NOW = new Date('2026-11-20T02:00:00Z');

/** People and departments placed by chance; managers and parents never in a circle, heads wherever it falls. */
function generate(seed: number): { people: PlacedPerson[]; departments: PlacedDepartment[] } {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[], share: number): T | null =>
    random() < share ? (from[Math.floor(random() * from.length)] ?? null) : null;
  const ids = Array.from({ length: 14 }, () => randomUUID());
  const departmentIds = Array.from({ length: 7 }, () => randomUUID());
  const departments = departmentIds.map((id, n) => ({
    id,
    parentId: pick(departmentIds.slice(0, n), 0.6),
    directorId: pick(ids, 0.7),
  }));
  const people = ids.map((id, n) => ({
    id,
    managerId: pick(ids.slice(0, n), 0.4),
    departmentId: pick(departmentIds, 0.6),
  }));
  return { people, departments };
}

async function save({ people, departments }: ReturnType<typeof generate>): Promise<void> {
  const { prisma } = database.db;
  for (const { id, parentId, directorId } of departments) {
    const times = { createdAt: NOW, updatedAt: NOW };
    await prisma.department.create({ data: { id, name: id, parentId, directorId, ...times } });
  }
  for (const { id, managerId, departmentId } of people) {
    await prisma.user.create({
      data: {
        id,
        slackUserId: `U${id}`,
        name: id,
        locale: 'en',
        timezone: 'UTC',
        roles: ['sales_manager'],
        managerId,
        departmentId,
        createdAt: NOW,
        updatedAt: NOW,
      },
    });
  }
}

it.each([1, 2, 3, 4, 5, 6])('company %i', async (seed) => {
  const company = generate(seed);
  await save(company);
  const { rows } = await database.db.pool.query<{ id: string; below: string[]; above: string | null }>(
    `SELECT u.id, ARRAY(SELECT b.id FROM (${belowSql('u.id')}) b)::text[] AS below, ${superiorSql('u')} AS above
     FROM app_user u`,
  );
  expect(rows).toHaveLength(company.people.length);
  const departmentById = new Map(company.departments.map((one) => [one.id, one]));
  for (const person of company.people) {
    const row = rows.find((one) => one.id === person.id);
    const below = peopleBelow(person.id, company.people, company.departments);
    expect(row?.below.toSorted()).toEqual(below.toSorted());
    expect(row?.above).toBe(superiorOf(person, departmentById));
    // The actor's team is the same, and whoever is above somebody sees them.
    const found = await findActor(database.db.prisma, `U${person.id}`);
    expect(found?.actor.teamIds.toSorted()).toEqual(below.toSorted());
    for (const above of await listManagerChain(database.db.prisma, person.id)) {
      expect(peopleBelow(above.id, company.people, company.departments)).toContain(person.id);
    }
  }
  expect(rows.some((row) => row.below.length > 2)).toBe(true);
});
