// Every Slack id of the app in one place. An id has exactly one listener, and is the same word as its use case.

/** callback_id of modals. */
export const VIEW = {
  customerNew: 'customer.new',
  customerEdit: 'customer.edit',
  customerSearch: 'customer.search',
  contractNew: 'contract.new',
  contractEdit: 'contract.edit',
  contractReject: 'contract.reject',
  contractSubmit: 'contract.submit',
  contractSearch: 'contract.search',
  milestoneSet: 'milestone.set',
  planNew: 'plan.new',
  planSearch: 'plan.search',
  /** Shown only. */
  planList: 'plan.list',
  planOf: 'plan.of',
  receiptList: 'receipt.list',
  receiptSearch: 'receipt.search',
  instalmentEdit: 'instalment.edit',
  instalmentPostpone: 'instalment.postpone',
  receiptNew: 'receipt.new',
  receiptReject: 'receipt.reject',
  importFile: 'import.file',
  importMapping: 'import.mapping',
  importPreview: 'import.preview',
  settingsCompany: 'settings.company',
  settingsChannels: 'settings.channels',
  settingsMember: 'settings.member',
  /** Shown only: no listener needed for submission. */
  customerCard: 'customer.card',
  customerList: 'customer.list',
  contractCard: 'contract.card',
  contractList: 'contract.list',
  info: 'info',
} as const;

/** action_id of buttons, menus and inputs that tell the app at once. */
export const ACTION = {
  homeRefresh: 'home.refresh',
  homeTab: 'home.tab',
  todo: 'todo.open',
  help: 'help.open',
  askAccess: 'member.ask',
  memberIgnore: 'member.ignore',
  customerNew: 'customer.new',
  customerOpen: 'customer.open',
  customerEdit: 'customer.edit',
  customerList: 'customer.list',
  customerSearch: 'customer.search',
  /** A prefix: what follows the dot says where to (previous, next, back, clear). */
  customerPage: 'customer.page',
  contractNew: 'contract.new',
  contractOpen: 'contract.open',
  contractEdit: 'contract.edit',
  contractDelete: 'contract.delete',
  contractSubmit: 'contract.submit',
  contractApprove: 'contract.approve',
  contractReject: 'contract.reject',
  contractWithdraw: 'contract.withdraw',
  contractList: 'contract.list',
  contractSearch: 'contract.search',
  /** A prefix: what follows the dot says where to (previous, next, back, clear). */
  contractPage: 'contract.page',
  contractMore: 'contract.more',
  milestoneOpen: 'milestone.open',
  milestoneChange: 'milestone.change',
  planNew: 'plan.new',
  planList: 'plan.list',
  planOf: 'plan.of',
  planHow: 'plan.how',
  planSearch: 'plan.search',
  planPage: 'plan.page',
  instalmentOpen: 'instalment.open',
  instalmentMore: 'instalment.more',
  instalmentEdit: 'instalment.edit',
  instalmentPostpone: 'instalment.postpone',
  instalmentDelete: 'instalment.delete',
  receiptNew: 'receipt.new',
  receiptOpen: 'receipt.open',
  receiptApprove: 'receipt.approve',
  receiptReject: 'receipt.reject',
  receiptWithdraw: 'receipt.withdraw',
  receiptAgain: 'receipt.again',
  receiptList: 'receipt.list',
  receiptFor: 'receipt.for',
  receiptCurrency: 'receipt.currency',
  receiptAmount: 'receipt.amount',
  receiptChange: 'receipt.change',
  receiptSearch: 'receipt.search',
  receiptPage: 'receipt.page',
  caseAcknowledge: 'case.acknowledge',
  importNew: 'import.new',
  /** Prefixes: what follows the dot is the kind. */
  importKind: 'import.kind',
  importSample: 'import.sample',
  importStop: 'import.stop',
  settings: 'settings.open',
  settingsCompany: 'settings.company',
  settingsChannels: 'settings.channels',
  settingsMember: 'settings.member',
  settingsMemberPick: 'settings.member_pick',
  settingsRoles: 'settings.roles',
  suggestion: 'command.suggestion',
} as const;

/** action_id of selects whose options are asked for while typing. */
export const OPTIONS = {
  customer: 'options.customer',
  instalment: 'options.instalment',
  /** Of the new plan: only what can be planned. */
  planCustomer: 'options.plan_customer',
  planContract: 'options.plan_contract',
  /** Of the receipt form: only what the person may record money for. */
  receiptCustomer: 'options.receipt_customer',
} as const;

/** callback_id of shortcuts. */
export const SHORTCUT = { receiptNew: 'shortcut.receipt', contractNew: 'shortcut.contract' } as const;

export const COMMANDS = [
  '/hk',
  '/hk-customer',
  '/hk-contract',
  '/hk-plan',
  '/hk-receipt',
  '/hk-todo',
] as const;
