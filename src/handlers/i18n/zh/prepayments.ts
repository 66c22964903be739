// Words of applying prepayments (ux §4.5).
export const prepayments = {
  title: '核销预收',
  apply: '核销',
  button: '核销预收',
  source_label: '用哪笔预收',
  source: '{{number}} · {{date}} · 剩 {{amount}}',
  target_label: '核销到',
  amount_hint: '最多 {{max}}',
  hint: '从今天起算回款；之后只能冲销。',
  row: '*{{number}}* · {{customer}} · {{date}}\n待核销预收 {{amount}}',
  stale: '{{number}} 已有变动，下面是现在的余额，核对后再核销。',
  done: '{{number}} 核销 {{amount}}，剩余 {{rest}}。',
  told: '{{who}} 用 {{number}} 的预收核销 {{amount}} 到 {{contract}} 第{{n}}期，未收 {{open}}。',
  auto_other: '{{customer}}：预收自动核销 {{count}} 笔，共 {{amount}}。{{who}} 为这个客户开了自动核销。',
  auto_line: '{{number}} 的预收 {{amount}} 核销到 {{contract}} 第{{n}}期，未收 {{open}}',
  auto_more_other: '还有 {{count}} 笔，共 {{amount}}',
} as const;
