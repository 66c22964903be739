// Words of snoozing (ux §3).
export const snoozes = {
  title: 'Snooze',
  when: 'Remind me',
  'when.tomorrow': 'Tomorrow',
  'when.three': 'In 3 days',
  'when.pick': 'Pick',
  until: 'Date',
  until_hint: 'With “Pick”: 30 days from now at the latest',
  only_you: 'Your messages only; escalation goes on.',
  done: 'You are reminded on {{date}}; escalation goes on.',
  'row.done': 'Snoozed to {{date}}',
} as const;
