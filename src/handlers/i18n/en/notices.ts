// Words of notices about delivery itself.
export const notices = {
  gave_up_person:
    '⚠️ Check: {{what}} did not reach {{to}} ({{reason}}). If the account is deactivated, hand its customers over; everything is on Home and in the lists. You are told once, until something arrives again.',
  gave_up:
    '⚠️ Check: {{what}} did not reach {{to}} ({{reason}}). Check the channel and permissions; Home and the lists show what it said.',
  unknown:
    '⚠️ Check: nobody knows whether {{what}} reached {{to}} ({{reason}}). It was not sent again, so as not to double it: look for it there.',
  unreachable_finance:
    '⚠️ Check: cannot post in the finance channel {{channel}}; its messages went out as DMs. Type /invite @Huikuan there; if it is archived, choose another in /hk settings.',
  unreachable_escalation:
    '⚠️ Check: cannot post in the escalation channel {{channel}}; its messages went out as DMs. Type /invite @Huikuan there; if it is archived, choose another in /hk settings.',
  'to.finance': 'the finance channel',
  'to.escalation': 'the escalation channel',
  'what.digest': 'a daily list',
  'what.case': 'an escalation message',
  'what.receipt': 'a receipt message',
  'what.contract': 'a contract message',
  'what.instalment': 'a plan change',
  'what.member': 'a member message',
  'what.finance': 'the list of what is due today',
  'what.customer': 'the news of a merged customer',
  'what.book': 'the news of a hand-over',
  'what.other': 'a message',
} as const;
