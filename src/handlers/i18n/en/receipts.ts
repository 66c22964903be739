// Words of receipts.
export const receipts = {} as const;
