// Words of customers.
export const customers = {} as const;
