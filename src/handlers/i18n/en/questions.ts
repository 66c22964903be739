// Words of questions about an approval (ux §4.6).
export const questions = {
  ask: 'Ask',
  reply: 'Reply',
  question: 'Question',
  answer: 'Answer',
  asked: '{{who}} asks: {{question}}',
  answered: '{{who}} answers: {{answer}}',
  open: '{{who}} asks (not answered): {{question}}',
  'done.asked': '{{who}} is asked; you get the answer.',
  'done.answered': '{{who}} gets your reply.',
} as const;
