// Words of members.
export const members = {} as const;
