// Words of money from before that a second person of finance agrees to (rules §6).
export const openings = {
  title: 'Opening balances',
  'header.open': 'Opening balances to approve · {{number}}',
  'header.approved': 'Opening balances approved · {{number}}',
  'header.rejected': 'Opening balances rejected · {{number}}',
  'header.withdrawn': 'Opening balances withdrawn · {{number}}',
  'text.open_one': '{{asker}} imports opening balances, {{file}}: {{count}} receipt, {{sum}}.',
  'text.open_other': '{{asker}} imports opening balances, {{file}}: {{count}} receipts, {{sum}} in all.',
  'text.approved_one': '{{who}} approved the opening balances of {{file}}: {{count}} receipt, {{sum}}.',
  'text.approved_other':
    '{{who}} approved the opening balances of {{file}}: {{count}} receipts, {{sum}} in all.',
  'text.rejected_one': '{{who}} rejected the opening balances of {{file}}: {{count}} receipt, {{sum}}.',
  'text.rejected_other':
    '{{who}} rejected the opening balances of {{file}}: {{count}} receipts, {{sum}} in all.',
  'text.withdrawn': 'The opening balances of {{file}} are withdrawn.',
  'field.file': 'File',
  'field.sum': 'Total',
  'field.count': 'Receipts',
  'field.asker': 'Imported by',
  sum: '{{amount}} ({{count}})',
  largest: 'The largest',
  'largest.row': '{{target}} · {{amount}} · {{date}}',
  rows_one: 'The row that would be booked is attached: check it, then approve.',
  rows_other: 'All {{count}} rows that would be booked are attached: check them, then approve.',
  'rows.name': 'opening-rows',
  errors_one:
    'The row that is not in the books is attached, with its reason. Correct it and import that file again: nothing is booked twice.',
  errors_other:
    'The {{count}} rows that are not in the books are attached, each with its reason. Correct them and import that file again: nothing is booked twice.',
  'approve.title': 'Approve these opening balances?',
  'approve.text_one':
    '{{count}} receipt of {{sum}} is booked at once; only a reversal undoes it. Instalments of your own are left out.',
  'approve.text_other':
    '{{count}} receipts, {{sum}} in all, are booked at once; only reversals undo them. Instalments of your own are left out.',
  waits_one: 'Opening balances in approval: {{count}} receipt, {{sum}}',
  waits_other: 'Opening balances in approval: {{count}} receipts, {{sum}}',
  'state.approved': 'Approved · {{who}} {{at}}',
  'state.rejected': 'Rejected · {{who}} {{at}}: {{reason}}',
  'state.withdrawn': 'Withdrawn; nothing was booked',
  'result.running': 'Being booked',
  'result.done': '{{created}} booked, {{skipped}} skipped, {{failed}} with errors',
  'result.stopped': 'Stopped: {{created}} booked, {{skipped}} skipped, {{failed}} with errors',
  'result.failed': 'Broken off: {{created}} booked, {{skipped}} skipped, {{failed}} with errors',
  'decided.approved': '{{who}} approved the opening balances of {{file}}; they are being booked.',
  'decided.rejected':
    '{{who}} rejected the opening balances of {{file}}; nothing was booked. Reason: {{reason}}',
} as const;
