// Words of deciding several approvals at once (ux §4.6).
export const batches = {
  title: '批量审批',
  boxes: '等你审批',
  row: '{{name}} · {{customer}} · {{amount}}',
  chosen: '已选 {{count}} 笔 {{total}}',
  chosen_mixed: '已选 {{count}} 件',
  none_chosen: '勾选要通过的。',
  submit: '通过所选',
  single: '有要留意的，打开看了再审批',
  asked: '有提问未答，打开看了再审批',
  more: '另有 {{count}} 件，通过这些后再看。',
  none: '现在没有等你审批的。',
  none_plain: '这些都有要留意的，打开看了再审批。',
  done: '通过 {{done}} 件，共 {{count}} 件。',
  'result.approved': '{{name}} 已通过',
  'result.problem': '{{name}} 未处理：{{problem}}',
  again: '还有 {{count}} 件等审批',
} as const;
