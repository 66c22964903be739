// Who stands below and above whom: managers, and heads of departments (rules §12, F99). Pure; reach.sql.ts is the same
// rule as SQL.

export interface PlacedPerson {
  readonly id: string;
  readonly managerId: string | null;
  readonly departmentId: string | null;
}

export interface PlacedDepartment {
  readonly id: string;
  readonly parentId: string | null;
  readonly directorId: string | null;
}

/** More levels than any company has: where data goes round in a circle, looking up ends here. */
export const MAX_LEVELS = 20;

/**
 * Everybody below a person, at any depth: whom they manage, and the heads, people and sub-departments of the departments
 * they head; never the person. A department without a head is seen by the head of the one above it.
 */
export function peopleBelow(
  personId: string,
  people: readonly PlacedPerson[],
  departments: readonly PlacedDepartment[],
): string[] {
  const below = new Set([personId]);
  // A set goes on over what is added while it is walked.
  for (const id of below) {
    for (const person of people) {
      if (person.managerId === id || person.departmentId === id) below.add(person.id);
    }
    for (const department of departments) {
      if (department.directorId === id || department.parentId === id) below.add(department.id);
      if (department.id === id && department.directorId !== null) below.add(department.directorId);
    }
  }
  return people.map((person) => person.id).filter((id) => id !== personId && below.has(id));
}

/** Who stands right above a person: their manager; without one the head of their department, or of one above it. */
export function superiorOf(
  person: PlacedPerson,
  departments: ReadonlyMap<string, PlacedDepartment>,
): string | null {
  if (person.managerId !== null) return person.managerId;
  let department = departments.get(person.departmentId ?? '');
  for (let level = 0; department && level < MAX_LEVELS; level += 1) {
    if (department.directorId !== null && department.directorId !== person.id) return department.directorId;
    department = departments.get(department.parentId ?? '');
  }
  return null;
}
