// The words that commands are made of, in both languages; parse-command.ts puts them together.
import type { ReportKind } from '../domain/reports/report.js';

/** What a command does to a contract by its number. */
export type ContractVerb = 'amend' | 'milestone' | 'void';

export type Noun = 'customer' | 'contract' | 'plan' | 'receipt';

export type CustomerVerb = keyof typeof CUSTOMER_VERBS;
export const CUSTOMER_VERBS = {
  merge: ['merge', '合并'],
  handover: ['handover', 'hand-over', 'reassign', '交接', '移交'],
  ledger: ['ledger', '往来明细', '明细', '台账'],
  history: ['history', '历史', '往来', '交易记录'],
} as const satisfies Record<string, readonly string[]>;

export const NOUNS: Record<Noun, readonly string[]> = {
  customer: ['customer', 'customers', 'client', 'clients', '客户'],
  contract: ['contract', 'contracts', '合同'],
  plan: ['plan', 'plans', 'instalment', 'instalments', 'installment', '计划', '回款计划'],
  receipt: ['receipt', 'receipts', 'payment', 'payments', 'receive', '回款', '回款单', '收款'],
};
/** Several of them: without more words their list. */
export const MANY: readonly string[] = ['customers', 'clients', 'contracts', 'plans', 'receipts', 'payments'];
export const WORDS = {
  today: ['today', 'home', '今天', '今日', '主页', '首页'],
  help: ['help', 'h', '?', 'usage', '帮助', '怎么用', '说明'],
  settings: ['settings', 'setting', 'config', '设置', '配置'],
  calendar: ['calendar', 'holidays', 'holiday', '日历', '节假日', '假日'],
  backups: ['backup', 'backups', '备份'],
  ladder: ['ladder', 'reminders', '阶梯', '提醒阶梯'],
  mine: ['mine', 'me', 'quiet', 'reminder', '我的', '免打扰', '提醒', '提醒时间', '我的提醒时间'],
  own: ['delegate', 'delegates', 'preferences', '代理', '代理审批', '我的设置'],
  roles: ['roles', 'role', 'members', 'people', '角色', '成员', '权限', '上级'],
  import: ['import', '导入'],
  audit: ['audit', 'trail', '审计', '审计记录'],
  prepayments: ['prepay', 'prepayment', 'prepayments', '预收', '预收款', '待核销预收', '核销预收'],
  unclaimed: ['unclaimed', 'claim', 'unclaimed money', '认领', '待认领', '待认领来款'],
  export: ['export', 'download', '导出', '下载'],
  report: ['report', 'reports', '报表', '报告'],
  todo: ['todo', 'to-do', 'todos', 'tasks', '待办', '待回款', '待回款合同'],
  find: ['find', 'search', '搜索', '查找', '查', '找'],
} as const satisfies Record<string, readonly string[]>;
/** Pages of the help, and the words that ask for one. */
export type HelpTopic = Noun | 'work' | 'lists' | 'report' | 'audit' | 'settings';
export const PAGE_OF: Readonly<Partial<Record<keyof typeof WORDS, HelpTopic>>> = {
  today: 'work',
  todo: 'work',
  prepayments: 'receipt',
  unclaimed: 'receipt',
  find: 'lists',
  import: 'lists',
  export: 'lists',
  report: 'report',
  audit: 'audit',
  settings: 'settings',
  calendar: 'settings',
  backups: 'settings',
  ladder: 'settings',
  mine: 'settings',
  own: 'settings',
  roles: 'settings',
};
export const REPORTS: Record<ReportKind, readonly string[]> = {
  aging: ['aging', 'ageing', '账龄', '帐龄', '账龄分析'],
  progress: ['progress', '进度', '回款进度', '收款进度'],
  debts: ['debts', 'debt', '欠款', '客户欠款'],
  receipts: ['detail', '明细', '回款明细', '收款明细'],
  overdue: ['overdue', '逾期', '逾期分析'],
  trend: ['trend', 'trends', '趋势', '回款趋势', '收款趋势'],
  forecast: ['forecast', '预测', '回款预测', '收款预测'],
  risks: ['risks', 'risk', '风险', '风险客户'],
  habits: ['habits', 'habit', '付款行为', '习惯', '付款习惯'],
  performance: ['performance', '业绩', '绩效'],
};
/** After the command of reports; elsewhere these are the records themselves. */
export const RECEIPT_REPORT = ['receipts', 'receipt', '回款', '收款'];
export const LIST = ['list', 'ls', 'all', '列表', '清单', '全部', '管理'];
/** What is listed whole is exported whole. */
export type LogKind = 'unclaimed' | 'follow_up' | 'todo';
export const LOGS: Record<LogKind, readonly string[]> = {
  unclaimed: WORDS.unclaimed,
  follow_up: ['follow-ups', 'follow-up', 'followups', 'follow ups', '跟进', '跟进记录'],
  todo: [...WORDS.todo, '待办清单'],
};
/** What is left to decide, in a to-do list. */
export const WAITING = ['waiting', 'waiting for me', 'approvals', '待我处理', '待审批', '待处理'];
export const NEW = ['new', 'create', 'add', 'record', '新建', '新增', '创建', '登记', '录入'];
/** Verbs that act on a record which is shown first: its card has the buttons. */
export const ON_RECORD: Record<Noun, readonly string[]> = {
  customer: ['edit', 'show', 'open', '编辑', '打开', '修改'],
  contract: [
    'approve',
    'edit',
    'submit',
    'show',
    'open',
    'archive',
    'delete',
    '审批',
    '编辑',
    '提交',
    '打开',
    '修改',
    '归档',
    '删除',
  ],
  plan: ['postpone', 'edit', 'delete', 'show', 'open', '延期', '编辑', '删除', '打开', '修改'],
  receipt: [
    'approve',
    'show',
    'open',
    'withdraw',
    'reverse',
    'refund',
    '审批',
    '打开',
    '撤回',
    '冲销',
    '退款',
  ],
};

/** Verbs whose form opens at once when a contract's number follows. */
export const ON_CONTRACT: Record<ContractVerb, readonly string[]> = {
  amend: ['amend', 'change', '变更', '合同变更'],
  milestone: ['milestone', 'milestones', '节点', '登记节点'],
  void: ['void', 'cancel', '作废'],
};

/** What may stand before the number of a record. */
export const VERBS: Record<Noun, readonly string[]> = {
  ...ON_RECORD,
  contract: [...ON_RECORD.contract, ...Object.values(ON_CONTRACT).flat()],
  customer: [...ON_RECORD.customer, ...Object.values(CUSTOMER_VERBS).flat()],
};
