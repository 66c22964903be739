// Words of the audit trail for cards that are drawn anew: with a further voucher, or asked again, since something changed.
export const auditRedraws = {
  'field.channelsDeclined': '空着的频道不设',
  'do.receipt.voucher_added': '补充凭证',
  'do.unclaimed.voucher_added': '补充凭证',
  'do.contract.void_recalculated': '已收款已变，作废申请已更新',
  'do.receipt.split_recalculated': '未收已变，分配重算',
  'do.receipt.reversal_recalculated': '可冲销的已变，冲销已重算',
  'do.receipt.reallocation_recalculated': '未收已变，重新核销已重算',
  'do.customer.limit_recalculated': '提议所对的现额度已变',
} as const;
