// Words of who decides in whose place (rules §6, §14).
export const delegates = {
  title: 'Delegate',
  mine: 'My settings',
  none: 'No delegate',
  value: '{{name}}, to {{date}}',
  stands_in: 'Approving in the place of {{names}}',
  who: 'Delegate',
  who_hint: 'Approves in your place and gets your daily list; empty ends it',
  until: 'Last day',
  until_hint: 'It ends automatically after this day',
  saved: '{{name}} approves as delegate, to {{date}}.',
  saved_for: '{{name}} approves in the place of {{person}}, to {{date}}.',
  none_before: 'There is no delegate, as before: nothing was changed.',
  ended: 'The delegation has ended.',
  ended_for: 'The delegation of {{person}} has ended.',
  'told.person': '{{by}} set {{name}} to approve in your place, to {{date}}.',
  'told.person_none': '{{by}} ended your delegation.',
  'told.delegate':
    '{{person}} asks you to approve in their place, to {{date}}. What waits for {{person}} is in your to-do list, and you get their daily list too.',
  'told.before': 'You no longer approve in the place of {{person}}.',
  copy: 'In the place of {{name}}',
  copy_rest: '{{count}} in all; these are the first.',
} as const;
