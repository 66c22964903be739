// More words of the audit trail: channels left out, and cards that are drawn anew: with a further voucher, or asked again, since something changed.
export const auditRedraws = {
  'field.channelsDeclined': 'Channels not chosen are left out',
  'do.receipt.voucher_added': 'added a voucher',
  'do.unclaimed.voucher_added': 'added a voucher',
  'do.contract.void_recalculated': 'asked to void anew: other money by now',
  'do.receipt.split_recalculated': 'open amounts changed: split recalculated',
  'do.receipt.reversal_recalculated': 'what it takes changed: reversal recalculated',
  'do.receipt.reallocation_recalculated': 'open amounts changed: re-allocation recalculated',
  'do.customer.limit_recalculated': 'Present limit of the proposal',
} as const;
