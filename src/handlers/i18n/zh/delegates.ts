// Words of who decides in whose place (rules §6, §14).
export const delegates = {
  title: '代理审批',
  mine: '我的设置',
  none: '没有代理',
  value: '{{name}}，到 {{date}}',
  stands_in: '正在代 {{names}} 审批',
  who: '代理人',
  who_hint: '不在时替你审批，并收到你的今日待办；留空就结束',
  until: '最后一天',
  until_hint: '过了这一天自动结束',
  saved: '{{name}} 代理审批，到 {{date}}。',
  saved_for: '{{name}} 代 {{person}} 审批，到 {{date}}。',
  none_before: '原来就没有代理人，没有改动。',
  ended: '代理已结束。',
  ended_for: '{{person}} 的代理已结束。',
  'told.person': '{{by}} 设 {{name}} 替你审批，到 {{date}}。',
  'told.person_none': '{{by}} 结束了你的代理审批。',
  'told.delegate':
    '{{person}} 请你代理审批，到 {{date}}。等 {{person}} 审批的在你的待办里，每天的今日待办也会发给你。',
  'told.before': '不用再替 {{person}} 审批了。',
  copy: '代 {{name}}',
  copy_rest: '共 {{count}} 笔，这里是前面的。',
} as const;
