// Words of exchange rates (rules §6).
export const rates = {
  title: '汇率',
  label: '一单位外币等于多少 {{currency}}',
  hint: '每行一个：USD 7.1。没有汇率的币种按最严的流程审批，余款不算尾差。',
  missing: '没有汇率：{{list}}',
  checked_label: '这些汇率',
  checked: '已核对，没有写错',
  set: '{{currency}} {{rate}}（新）',
  moved: '{{currency}} {{before}} → {{rate}}',
  dropped: '{{currency}} {{before}} 已去掉',
  told: '{{who}} 改了汇率：{{list}}。以后的审批步骤、尾差和容差按新汇率，已在审批的不变。',
  none: '没有外币',
  saved_other: '已保存 {{count}} 个汇率。新提交的按新汇率审批，已在审批的不变。',
} as const;
