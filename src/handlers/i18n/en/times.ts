// Words of a person's own reminder times (rules §7).
export const times = {
  title: 'My reminder times',
  value: 'When your daily list comes, and your quiet hours',
  zone: 'In your time zone {{zone}}, as your Slack has it.',
  remind_at: 'Reminders at',
  remind_at_hint: 'Empty: as the company, {{time}} ({{zone}}); never before it begins',
  quiet_from: 'Quiet from',
  quiet_to: 'Quiet until',
  quiet_hint:
    'Your daily list, nudges and escalation sent to you wait until they end; escalation in the channel goes on',
  saved: '✅ Saved. On workdays it comes from {{time}} on ({{zone}}), later the same day if that was missed.',
} as const;
