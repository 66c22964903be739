// Words of splitting an instalment.
export const splits = {
  button: '拆分',
  title: '拆分',
  equal: '合计 {{sum}}，与本期一致',
  missing: '合计 {{sum}}，还差 {{difference}}',
  excess: '合计 {{sum}}，超出 {{difference}}',
  paid: '已回款 {{amount}}，留在拆后第1期',
  amount: '拆后第{{n}}期金额',
  due: '拆后第{{n}}期日期',
  'due.hint': '晚于 {{date}} 按延期算',
  'due.undated': '不知道就留空',
  total: '重算',
  add: '加一期',
  name: '{{name}}（{{n}}）',
  done_other: '已拆成 {{count}} 期：{{rows}}。',
  history_other: '拆成 {{count}} 期',
  history_from: '由第{{n}}期拆出：{{amount}}，{{date}}',
} as const;
