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
  done: '{{amount}} of {{number}} applied; {{rest}} left.',
  told: '{{who}} applied {{amount}} of {{number}} to {{contract}} #{{n}}; {{open}} open.',
  told_auto:
    '{{customer}}: {{amount}} of prepayment {{number}} was applied automatically to {{contract}} #{{n}}, {{open}} open. {{who}} switched it on for this customer.',
} as const;
