// Words of departments (ux §4.9; rules §12).
export const departments = {
  title: 'Departments',
  one: 'Department',
  add: 'Add department',
  edit: 'Edit department',
  name: 'Name',
  parent: 'Parent department',
  parent_hint: 'None: it is at the top',
  director: 'Head',
  director_hint: 'With the role sales manager, sees the records of this department and of those below it',
  member_hint: 'Whoever has no manager has the head of the department as one',
  row: '*{{name}}*\nHead {{director}} · people {{people}} · departments below {{children}}',
  row_below:
    '*{{parent}} › {{name}}*\nHead {{director}} · people {{people}} · departments below {{children}}',
  none: 'No departments yet. Without them, managers see the records of those who report to them.',
  remove: 'Delete',
  remove_title: 'Delete “{{name}}”?',
  remove_text: 'Nobody is in it and nothing is below it. History stays.',
  keep: 'Keep',
  saved: '✅ Department “{{name}}” saved.',
  removed: '✅ Department “{{name}}” deleted.',
} as const;
