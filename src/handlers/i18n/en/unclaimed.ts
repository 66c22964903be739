// Words of money that nobody has claimed yet (ux §4.5).
export const unclaimed = {
  title: 'Unclaimed money',
  list: 'Unclaimed money',
  claim: 'Claim',
  'claim.title': 'Claim money',
  card: 'Unclaimed money · {{number}}',
  card_done: 'Money received · {{number}}',
  card_text: '{{title}}: {{amount}}, payer {{payer}}.',
  card_hint:
    'It is not known yet whose it is. If you know, click Claim and choose customer and split; finance then approves.',
  payer_unknown: 'unknown',
  claimed: 'Claimed by {{who}}: {{customer}} · {{number}} · {{state}}',
  withdrawn: 'Withdrawn',
  open_claim: 'Open receipt',
  'state.open': 'Unclaimed',
  'state.done': 'Done',
  'withdraw.text': 'Nobody is asked to claim it any more.',
  row: '*{{number}}* · {{amount}} · {{date}}\nunclaimed money · payer {{payer}}',
  total_one: '{{count}} unclaimed · {{sums}}',
  total_other: '{{count}} unclaimed · {{sums}}',
  none: 'No unclaimed money.',
  'form.context':
    'Claims {{number}}: amount and date are as the money came in; choose the customer to see the split.',
  'form.split': 'Recorded as unclaimed; applied once a rep has claimed it.',
  done: '{{number}} {{amount}} recorded; waiting to be claimed.',
  button: 'Unclaimed money',
} as const;
