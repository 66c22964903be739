// Words of deciding several receipts at once (ux §4.6).
export const batches = {
  title: 'Batch approval',
  boxes: 'Receipts',
  row: '{{number}} · {{customer}} · {{amount}}',
  chosen: '{{count}} selected, {{total}}',
  none_chosen: 'Tick what to approve.',
  submit: 'Approve selected',
  single: 'Look one by one',
  more: '{{count}} more, after these.',
  none: 'No receipt to approve with others; what else waits for you is in the to-do list.',
  none_plain: 'Each of these is to be looked at one by one.',
  done: '{{done}} of {{count}} approved.',
  'result.approved': '{{number}} approved',
  'result.problem': '{{number}} not done: {{problem}}',
  again: '{{count}} more to approve',
} as const;
