// Words of snoozing (ux §3).
export const snoozes = {
  title: '稍后提醒',
  when: '什么时候提醒',
  'when.tomorrow': '明天',
  'when.three': '3 天后',
  'when.pick': '选日期',
  until: '日期',
  until_hint: '选“选日期”时填，最晚 30 天后',
  only_you: '只影响你的私信，升级照常。',
  done: '{{date}} 再提醒你；升级照常。',
  'row.done': '稍后提醒 {{date}}',
} as const;
