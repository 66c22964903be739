// Words of recording money beyond the form itself: the split by hand (ux §4.5).
export const recording = {
  'split.edit': 'Edit split',
  'split.title': 'Split',
  'split.row': '{{contract}} #{{n}} · {{open}} open · {{state}}',
  'split.total': 'Applied {{applied}}; {{rest}} to prepayment',
  'split.more': 'Add another',
  'split.more_hint': 'Contract, instalment or name',
  'split.full': 'At most {{max}} instalments. Clear those not used.',
  'split.recount': 'Update total',
  'split.oldest': 'Oldest first',
  'split.clear': 'Clear',
  'split.use': 'Use split',
  'split.head': '{{amount}} received: type how much goes to each instalment; leave the others empty.',
  'split.none': 'The customer has no open instalments.',
  vouchers: 'Vouchers attached: {{names}}; they come along',
} as const;
