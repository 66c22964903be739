// Words of contracts.
export const contracts = {} as const;
