// Words of reassigning an instalment.
export const reassign = {
  title: 'Reassign',
  to: 'To whom',
  to_hint: 'Of the team; the new owner gets it with the next daily list',
  explain: 'The owner changes, the contract does not',
  done: 'Reassigned to {{name}}.',
} as const;
