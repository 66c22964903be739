// Words of deciding several receipts at once (ux §4.6).
export const batches = {
  title: '批量审批',
  boxes: '回款',
  row: '{{number}} · {{customer}} · {{amount}}',
  chosen: '已选 {{count}} 笔 {{total}}',
  none_chosen: '勾选要通过的。',
  submit: '通过所选',
  single: '需逐笔看',
  more: '另有 {{count}} 笔，通过这些后再看。',
  none: '没有能一起通过的回款；其他等你审批的在待办里。',
  none_plain: '这些都需逐笔看。',
  done: '通过 {{done}} 笔，共 {{count}} 笔。',
  'result.approved': '{{number}} 已通过',
  'result.problem': '{{number}} 未处理：{{problem}}',
  again: '还有 {{count}} 笔等审批',
} as const;
