// Words of a person's own reminder times (rules §7).
export const times = {
  title: '我的提醒时间',
  value: '今日待办几点发，几点到几点不打扰',
  zone: '按你的时区 {{zone}}，它来自你的 Slack。',
  remind_at: '提醒时间',
  remind_at_hint: '留空：按公司的 {{time}}（{{zone}}）；公司开始之后才会发',
  quiet_from: '免打扰，从',
  quiet_to: '免打扰，到',
  quiet_hint: '今日待办、催办和升级的私信等到免打扰结束；频道里的升级照常',
  saved: '✅ 已保存。工作日 {{time}}（{{zone}}）起发给你；错过了当天补发。',
} as const;
