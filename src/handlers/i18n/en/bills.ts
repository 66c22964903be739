// Words of acceptance bills (rules §14).
export const bills = {
  number: 'Bill number',
  due: 'Bill due on',
  due_hint: 'The recorder and finance are reminded 7 days ahead and on the day',
  label: 'Acceptance bills',
  filter: 'acceptance bills only',
  row: 'bill {{number}} due {{date}}',
  dishonour: 'Dishonoured',
  dishonoured: 'Acceptance bill dishonoured',
  group: 'Acceptance bills due',
  title_one: '*Acceptance bills due · {{count}}*',
  title_other: '*Acceptance bills due · {{count}}*',
  line: '*{{customer}}* · {{number}} · bill {{bill}}\n*Due {{date}}*, {{relative}} · {{amount}}',
  more_one: '{{count}} more',
  more_other: '{{count}} more',
} as const;
