// Words of the audit trail for cards that are drawn anew and asked again, since something changed.
export const auditRedraws = {
  'do.contract.void_recalculated': 'asked to void anew: other money by now',
  'do.receipt.split_recalculated': 'open amounts changed: split recalculated',
  'do.receipt.reversal_recalculated': 'what it takes changed: reversal recalculated',
  'do.receipt.reallocation_recalculated': 'open amounts changed: re-allocation recalculated',
  'do.customer.limit_recalculated': 'Present limit of the proposal',
} as const;
