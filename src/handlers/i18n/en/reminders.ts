// Words of reminders.
export const reminders = {} as const;
