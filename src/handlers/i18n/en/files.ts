// Words of files that are handed out.
export const files = {
  button: 'Files',
  'button.label': 'Files of {{number}}',
  sent_one: '{{count}} file of {{number}} is on its way to your messages.',
  sent_other: '{{count}} files of {{number}} are on their way to your messages.',
  message_one: '{{count}} file of {{number}}.',
  message_other: '{{count}} files of {{number}}.',
  gone_one:
    '{{count}} file is no longer in Slack and could not be kept: {{names}}. Ask whoever uploaded it to do so again.',
  gone_other:
    '{{count}} files are no longer in Slack and could not be kept: {{names}}. Ask whoever uploaded them to do so again.',
} as const;
