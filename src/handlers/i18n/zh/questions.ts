// Words of questions about an approval (ux §4.6).
export const questions = {
  ask: '提问',
  reply: '回复',
  question: '问题',
  answer: '回答',
  asked: '{{who}} 问：{{question}}',
  answered: '{{who}} 答：{{answer}}',
  open: '{{who}} 问（未答）：{{question}}',
  'done.asked': '已问 {{who}}，回答会发给你。',
  'done.answered': '已回复 {{who}}。',
} as const;
