// When people work, for whoever waits for them (rules §7): nudges are sent and counted in these hours of workdays. Pure.

export const WORK_OPENS = '09:00';
export const WORK_CLOSES = '18:00';
