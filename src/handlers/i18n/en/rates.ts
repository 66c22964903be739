// Words of exchange rates (rules §6).
export const rates = {
  title: 'Exchange rates',
  label: '{{currency}} for one unit of another currency',
  hint: 'A line each: USD 7.1. A currency without a rate takes the strictest steps, and no rest of it is small.',
  missing: 'no rate: {{list}}',
  checked_label: 'These rates',
  checked: 'Checked: they are right',
  set: '{{currency}} {{rate}} (new)',
  moved: '{{currency}} {{before}} → {{rate}}',
  dropped: '{{currency}} {{before}} removed',
  told: '{{who}} changed the exchange rates: {{list}}. Approval steps, small differences and tolerance follow them from now on; what is in approval stays.',
  none: 'No other currency',
  saved_one: '{{count}} rate saved. What is sent from now on is approved by it; what is in approval stays.',
  saved_other:
    '{{count}} rates saved. What is sent from now on is approved by them; what is in approval stays.',
} as const;
