// A settings file against departments and people: nobody is left without an admin, nothing goes in a circle. Pure.
import { ROLES } from '../access.js';
import { DomainError } from '../errors.js';
import { isSame } from './same-value.js';
import { type DepartmentPlan, fieldsOf, type PersonPlan, type SettingsChange } from './settings-change.js';
import { invalidAt, type SettingsFile } from './settings-file.js';
import type { MatchedPeople } from './settings-people.js';
import type { PresentSettings } from './settings-present.js';

/** Names by id; of many, each is looked up once. */
function nameIn(rows: readonly { readonly id: string; readonly name: string }[]) {
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (id: string | null): string | null => (id === null ? null : (names.get(id) ?? null));
}

/** Departments by their name. A head who is not here leaves the present one. */
export function planDepartments(file: SettingsFile, present: PresentSettings, people: MatchedPeople) {
  const wanted = file.departments ?? [];
  const nameOf = nameIn(present.departments);
  const known = new Map(present.departments.map((one) => [one.name, one]));
  const names = new Set([...known.keys(), ...wanted.map((one) => one.name)]);
  if (new Set(wanted.map((one) => one.name)).size < wanted.length) throw invalidAt('departments');
  const departments = wanted.flatMap(({ name, parent, director }): DepartmentPlan[] => {
    if (parent !== null && !names.has(parent)) throw invalidAt('departments', name);
    const before = known.get(name);
    const head = people.find(director)?.id ?? null;
    const directorId = director !== null && head === null ? (before?.directorId ?? null) : head;
    const after = { id: before?.id ?? null, name, parent, directorId };
    const isKept =
      before &&
      isSame(after, { id: before.id, name, parent: nameOf(before.parentId), directorId: before.directorId });
    return isKept ? [] : [{ ...after, before: before ?? null }];
  });
  const parents = new Map(present.departments.map((one) => [one.name, nameOf(one.parentId)]));
  for (const { name, parent } of wanted) parents.set(name, parent);
  const circle = [...parents.keys()].find((name) => runsInCircle(name, parents));
  if (circle !== undefined) throw new DomainError('department.cycle', { name: circle });
  const head = nameIn(present.people);
  const said = (parentId: string | null, directorId: string | null) => ({
    parentId,
    directorId: head(directorId),
  });
  const changes = departments.map(
    ({ before, name, parent, directorId }): SettingsChange => ({
      topic: 'departments',
      kind: before === null ? 'added' : 'changed',
      name,
      fields: fieldsOf(before && said(nameOf(before.parentId), before.directorId), said(parent, directorId)),
    }),
  );
  return { departments, changes };
}

/** Roles, managers and departments of whoever is here. A manager who is not here leaves the present one. */
export function planPeople(file: SettingsFile, present: PresentSettings, matched: MatchedPeople) {
  const departmentOf = nameIn(present.departments);
  const known = new Set([...present.departments, ...(file.departments ?? [])].map((one) => one.name));
  const seen = new Set<string>();
  const planned = (file.people ?? []).flatMap(({ slackUserId, name, roles, manager, department }) => {
    if (department !== null && !known.has(department)) throw invalidAt('people', name);
    const person = matched.find(slackUserId);
    if (!person) return [];
    if (seen.has(person.id)) throw invalidAt('people', name);
    seen.add(person.id);
    const above = matched.find(manager)?.id ?? null;
    const before = {
      roles: ROLES.filter((role) => person.roles.includes(role)),
      managerId: person.managerId,
      department: departmentOf(person.departmentId),
    };
    const after = {
      roles: ROLES.filter((role) => roles.includes(role)),
      managerId: manager !== null && above === null ? person.managerId : above,
      department,
    };
    return isSame(before, after) ? [] : [{ id: person.id, name: person.name, before, after }];
  });
  checkPeople(planned, present);
  const manager = nameIn(present.people);
  const said = ({ managerId, ...facts }: PersonPlan['after']) => ({
    ...facts,
    managerId: manager(managerId),
  });
  const changes = planned.map(
    ({ name, before, after }): SettingsChange => ({
      topic: 'people',
      kind: 'changed',
      name,
      fields: fieldsOf(said(before), said(after)),
    }),
  );
  const people = planned.map(({ id, before, after }): PersonPlan => ({ id, before, after }));
  return { people, changes };
}

/** @throws DomainError settings.last_admin, settings.manager_cycle */
function checkPeople(planned: readonly PersonPlan[], present: PresentSettings): void {
  const after = new Map(planned.map((one) => [one.id, one.after]));
  const isAdmin = ({ id, active, roles }: PresentSettings['people'][number]) =>
    active && (after.get(id)?.roles ?? roles).includes('admin');
  if (planned.length > 0 && !present.people.some(isAdmin)) throw new DomainError('settings.last_admin', {});
  const managers = new Map(
    present.people.map(({ id, managerId }) => [
      id,
      after.get(id)?.managerId ?? (after.has(id) ? null : managerId),
    ]),
  );
  const circle = planned.find(({ id }) => runsInCircle(id, managers));
  const name = present.people.find(({ id }) => id === circle?.id)?.name;
  if (name !== undefined) throw new DomainError('settings.manager_cycle', { name });
}

function runsInCircle(start: string, above: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let at: string | null = start; at !== null; at = above.get(at) ?? null) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}
