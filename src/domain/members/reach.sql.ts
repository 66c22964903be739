// reach.ts as SQL text: who stands below and right above a person. Text only: it takes no values.
import { MAX_LEVELS } from './reach.js';

/**
 * A query for the ids (`id`) of everybody below the person whose id is `person`, a column of the query around it.
 * @throws RangeError if it is anything but a column
 */
export function belowSql(person: string): string {
  // Ids of people and of departments never meet: one walk over both.
  return `WITH RECURSIVE below AS (
      SELECT ${column(person)} AS id
      UNION
      SELECT n.id FROM below b CROSS JOIN LATERAL (
        SELECT m.id FROM app_user m WHERE m.manager_id = b.id OR m.department_id = b.id
        UNION ALL
        SELECT d.id FROM department d WHERE d.director_id = b.id OR d.parent_id = b.id
        UNION ALL
        SELECT d.director_id FROM department d WHERE d.id = b.id AND d.director_id IS NOT NULL) n)
    SELECT m.id FROM below b JOIN app_user m ON m.id = b.id WHERE m.id <> ${person}`;
}

/**
 * The id of who stands right above a row of app_user, or null. `person`: the table's alias in the query around it.
 * @throws RangeError if it is anything but an alias
 */
export function superiorSql(person: string): string {
  const alias = column(person);
  return `COALESCE(${alias}.manager_id, (
    WITH RECURSIVE up AS (
      SELECT d.parent_id, d.director_id, 1 AS level FROM department d WHERE d.id = ${alias}.department_id
      UNION ALL
      SELECT d.parent_id, d.director_id, up.level + 1 FROM up JOIN department d ON d.id = up.parent_id
      WHERE up.level < ${MAX_LEVELS})
    SELECT up.director_id FROM up WHERE up.director_id <> ${alias}.id ORDER BY up.level LIMIT 1))`;
}

function column(name: string): string {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name)) throw new RangeError(`not a column: ${name}`);
  return name;
}
