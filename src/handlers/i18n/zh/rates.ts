// Words of exchange rates (rules §6).
export const rates = {
  title: '汇率',
  label: '一单位外币等于多少 {{currency}}',
  hint: '每行一个：USD 7.1。没有汇率的币种按最严的流程审批，余款不算尾差。',
  missing: '没有汇率：{{list}}',
  none: '没有外币',
  saved_other: '已保存 {{count}} 个汇率。新提交的按新汇率审批，已在审批的不变。',
} as const;
