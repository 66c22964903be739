// Words of how a contract ends, and of how far it has come (ux §4.4).
export const contractLife = {
  outstanding: 'Open',
  overdue: 'Overdue',
  completed: 'Completed {{date}}',
  archive: 'Archive',
  'archive.title': 'Archive {{number}}?',
  'archive.text': 'It becomes read-only, and opens again by itself when money is reversed.',
  'archive.keep': 'Not yet',
  'archive.done': '{{number}} is archived.',
  void: 'Void',
  'void.title': 'Void contract',
  'void.reason': 'Reason',
  'void.reason_hint': 'Kept in the history and shown on the contract',
  'void.effect_one':
    'Its {{count}} instalment, {{amount}} open, is cancelled; reminders and cases stop. This cannot be undone.',
  'void.effect_other':
    'Its {{count}} instalments, {{amount}} open, are cancelled; reminders and cases stop. This cannot be undone.',
  'void.effect_none': 'There is no plan yet. This cannot be undone.',
  'void.done': '{{number}} is void.',
  voided: 'Void since {{date}}: {{reason}}',
  'changed.completed': '{{number}} {{name}} is paid in full, {{amount}}, and completed.',
  'changed.completed_short': '{{number}} {{name}} is completed: {{amount}} received, {{lost}} written off.',
  'changed.reopened': 'Money on {{number}} {{name}} was reversed; it is open again with {{amount}}.',
  'changed.deleted': '{{who}} deleted {{number}} {{name}} of {{customer}}, which was not in force yet.',
  'changed.voided': '{{who}} voided {{number}} {{name}}: {{reason}}.',
  'changed.voided_money':
    '{{number}} {{name}} is void, proposed by {{asker}}, approved by {{who}}: {{reason}}. The {{moved}} received is now prepayment of the customer.',
  'changed.corrected':
    '{{who}} put the signing of {{number}} {{name}} right: {{signed}}. Unpaid instalments that hang on it have other dates; open it to see.',
  'changed.assigned': '{{who}} gave {{number}} {{name}} to {{owner}}.',
  assign: 'Change owner',
  'assign.now': 'Owner now: {{owner}}',
  'assign.to': 'New owner',
  'assign.hint':
    'Somebody of your team who sells. Instalments, reminders and cases of the owner go along; instalments given to others stay.',
  'assign.done': '{{who}} owns {{number}} now.',
  owner_hint: 'Left empty: the owner of the customer.',
  correct: 'Correct details',
  'correct.explain': 'Name, amount, start and end, payment method and plan are changed by an amendment.',
  'correct.signed_hint':
    'Unpaid instalments that hang on the signing move along; a later day is for the manager to set.',
  'correct.done': 'The details of {{number}} are saved.',
  'correct.moved_one': 'The details of {{number}} are saved; {{count}} instalment moved.',
  'correct.moved_other': 'The details of {{number}} are saved; {{count}} instalments moved.',
  'correct.kept_one':
    'Instalment {{seqs}} has a date set by hand and stays: change it there if it should move too.',
  'correct.kept_other':
    'Instalments {{seqs}} have dates set by hand and stay: change them there if they should move too.',
  'ending.title_one': '*Contracts ending · {{count}}*',
  'ending.title_other': '*Contracts ending · {{count}}*',
  'ending.row': '*{{customer}}* · {{number}} {{name}}\n*Ends {{date}}*, {{relative}} · {{amount}} open',
  'ending.row_paid': '*{{customer}}* · {{number}} {{name}}\n*Ends {{date}}*, {{relative}} · paid in full',
  'ending.more_one': '{{count}} more',
  'ending.more_other': '{{count}} more',
} as const;
