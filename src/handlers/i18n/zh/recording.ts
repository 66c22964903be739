// Words of recording money beyond the form itself: the split by hand (ux §4.5).
export const recording = {
  'split.edit': '改分配',
  'split.title': '核销分配',
  'split.row': '{{contract}} 第{{n}}期 · 未收 {{open}} · {{state}}',
  'split.total': '已分配 {{applied}}，剩余 {{rest}} 转预收款',
  'split.more': '添加其他期',
  'split.more_hint': '合同、期数或名称',
  'split.full': '最多 {{max}} 期。先清空不用的。',
  'split.recount': '重算',
  'split.oldest': '按到期日',
  'split.clear': '清空',
  'split.use': '使用',
  'split.head': '回款 {{amount}}，写每期核销多少；不写就不核销。',
  'split.none': '客户没有未收的期。',
  vouchers: '已附凭证：{{names}}，随新单带上',
} as const;
