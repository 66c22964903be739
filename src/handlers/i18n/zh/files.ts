// Words of files that are handed out.
export const files = {
  button: '附件',
  'button.label': '附件 {{number}}',
  sent_other: '{{number}} 的附件 {{count}} 个，正在发到你的私信。',
  message_other: '{{number}} 的附件 {{count}} 个。',
  gone_other: '另有 {{count}} 个已不在 Slack 里，没能留存：{{names}}。请上传的人再传一次。',
} as const;
