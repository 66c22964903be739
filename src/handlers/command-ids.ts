// What Slack lists of the app: its commands and shortcuts, as in manifest.yml.

/** callback_id of shortcuts. */
export const SHORTCUT = {
  receiptNew: 'shortcut.receipt',
  contractNew: 'shortcut.contract',
  /** On a message. */
  receiptMessage: 'shortcut.receipt_message',
} as const;

export const COMMANDS = [
  '/hk',
  '/hk-customer',
  '/hk-contract',
  '/hk-plan',
  '/hk-receipt',
  '/hk-todo',
  '/hk-report',
] as const;
