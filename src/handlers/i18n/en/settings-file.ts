// Words of the settings as one file (F103).
export const settingsFile = {
  title: 'Export, import',
  topic: 'All settings, roles and managers in one file; no secrets in it',
  export: 'Export',
  import: 'Import',
  sent: '✅ The settings file is in your messages with me. It holds roles and emails: give it only to those who may see them.',
  file_name: 'huikuan-settings',
  file: 'Settings file',
  file_hint: 'The .json that /hk settings → Export sent; a preview comes first',
  preview: 'Preview',
  same: 'It is as it is now: nothing to change.',
  intro:
    'This will change, and nothing else: departments, templates, entries and people that are not in the file stay.',
  confirm: 'Import',
  done_one:
    '✅ Settings imported, {{count}} change. It counts for what is sent from now on and for the next reminders; what is in approval or sent stays.',
  done_other:
    '✅ Settings imported, {{count}} changes. They count for what is sent from now on and for the next reminders; what is in approval or sent stays.',
  value: '{{field}}: {{before}} → {{after}}',
  added: 'New: {{names}}',
  changed: 'Changed: {{names}}',
  removed: 'Taken out: {{names}}',
  more: '{{count}} in all',
  missing_people: 'Not found here, so nothing about them changes: {{names}}',
  missing_customers: 'Customers not found, so their ladders are left out: {{names}}',
  missing_channels: 'I cannot post in these channels, so channels stay: {{names}}',
  company_kind: 'Company · {{kind}}',
  covered: 'Holidays until',
  rates: 'Exchange rates',
  tolerance: 'Not reminded up to',
  small: 'Small difference up to',
} as const;
