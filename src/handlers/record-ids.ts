// Ids of what is done with the record of a contract or a customer, which came after ids.ts was full.

export const RECORD = {
  /** Window and button alike: an id names one conversation. */
  correct: 'contract.correct',
  assign: 'contract.assign',
  /** To who clicks. */
  files: 'files.send',
  limit: 'credit.propose',
} as const;
