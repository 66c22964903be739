// displayState of instalment.ts as SQL text, for lists and counts over many rows (rules §3).
// Text only: it takes no values, so nothing that a person typed may be passed in.

/**
 * A CASE that yields the DisplayState of a row of `instalment`. `alias` is the table's alias in the query, `today`
 * a placeholder or column of type date ("$1", "p.today").
 * @throws RangeError if either is anything but a name or placeholder.
 */
export function displayStateSql(alias: string, today: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(alias)) throw new RangeError(`not an alias: ${alias}`);
  if (!/^(\$\d+|[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?)(::date)?$/.test(today)) {
    throw new RangeError(`not a placeholder: ${today}`);
  }
  return `CASE
    WHEN ${alias}.lifecycle = 'cancelled' THEN 'cancelled'
    WHEN ${alias}.lifecycle = 'inactive' THEN 'inactive'
    WHEN ${alias}.lifecycle = 'written_off' THEN 'written_off'
    WHEN ${alias}.outstanding = 0 THEN 'paid'
    WHEN ${alias}.due_on IS NULL THEN 'undated'
    WHEN ${today} > ${alias}.effective_due THEN 'overdue'
    WHEN ${alias}.postponed_to IS NOT NULL THEN 'postponed'
    ELSE 'open'
  END`;
}
