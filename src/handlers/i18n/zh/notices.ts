// Words of notices about delivery itself.
export const notices = {
  gave_up_person:
    '⚠️ 注意：{{what}}没送到{{to}}（{{reason}}）。账号已停用就交接名下的客户；内容在主页和列表里都能看到。原因不变不再重复通知。',
  gave_up: '⚠️ 注意：{{what}}没送到{{to}}（{{reason}}）。检查频道和权限；内容在主页和列表里都能看到。',
  unknown: '⚠️ 注意：不确定{{what}}是否送到{{to}}（{{reason}}）。没有重发，以免重复；请核对。',
  unreachable_finance:
    '⚠️ 注意：进不了财务频道 {{channel}}，消息已改发私信。在那里输入 /invite @Huikuan；已归档的，到 /hk 设置 换一个。',
  unreachable_escalation:
    '⚠️ 注意：进不了升级频道 {{channel}}，消息已改发私信。在那里输入 /invite @Huikuan；已归档的，到 /hk 设置 换一个。',
  'to.finance': '财务频道',
  'to.escalation': '升级频道',
  'what.digest': '今日待办',
  'what.case': '催收事项',
  'what.receipt': '回款消息',
  'what.contract': '合同消息',
  'what.instalment': '计划变更',
  'what.member': '成员消息',
  'what.finance': '今日到期',
  'what.customer': '客户合并的通知',
  'what.book': '交接的通知',
  'what.other': '一条消息',
} as const;
