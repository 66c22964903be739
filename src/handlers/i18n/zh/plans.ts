// Words of plans.
export const plans = {} as const;
