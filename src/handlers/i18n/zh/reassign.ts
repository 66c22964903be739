// Words of reassigning an instalment.
export const reassign = {
  title: '改派',
  to: '改派给谁',
  to_hint: '团队里能负责回款的人；新负责人在下一次今日待办里收到',
  explain: '换负责人，合同不变',
  done: '已改派给 {{name}}。',
} as const;
