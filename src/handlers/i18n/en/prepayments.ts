// Words of applying prepayments (ux §4.5).
export const prepayments = {
  title: 'Apply prepayment',
  apply: 'Apply',
  button: 'Apply prepayment',
  source_label: 'From',
  source: '{{number}} · {{date}} · {{amount}} left',
  target_label: 'To',
  amount_hint: 'At most {{max}}',
  hint: 'Counts as paid from today; only a reversal undoes it.',
  row: '*{{number}}* · {{customer}} · {{date}}\n{{amount}} prepaid, not applied',
  stale: '{{number}} has changed. This is what is left now: check, then apply.',
  done: '{{amount}} of {{number}} applied; {{rest}} left.',
  told: '{{who}} applied {{amount}} of {{number}} to {{contract}} #{{n}}; {{open}} open.',
  auto_one:
    '{{customer}}: a prepayment was applied automatically, {{amount}}. {{who}} switched it on for this customer.',
  auto_other:
    '{{customer}}: prepayments were applied automatically, {{count}} lines, {{amount}}. {{who}} switched it on for this customer.',
  auto_line: '{{amount}} of {{number}} to {{contract}} #{{n}}, {{open}} open',
  auto_more_one: 'And {{count}} more, {{amount}}',
  auto_more_other: 'And {{count}} more, {{amount}}',
} as const;
