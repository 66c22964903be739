// The help's pages: which commands stand on which, and what each needs; their words are i18n/help-examples.ts. Pure.
import type { Action } from '../../domain/access.js';
import type { helpExamples } from '../i18n/zh/help-examples.js';

type Keys<Prefix extends string> = {
  [K in keyof typeof helpExamples]: K extends `${Prefix}.${infer Id}` ? Id : never;
}[keyof typeof helpExamples];
export type HelpPage = Keys<'page'>;
export type HelpId = Keys<'do'>;

interface Line {
  readonly id: HelpId;
  readonly needs: Action;
  /** Not for whoever may do one of these: another line tells them more. */
  readonly unless?: readonly Action[];
  /** Stands in the help of all too, not only on its page. */
  readonly first?: boolean;
}
const first = true;

/** In the order of a day's work. */
export const HELP: Readonly<Record<HelpPage, readonly Line[]>> = {
  work: [
    { id: 'today', needs: 'record.see', first },
    { id: 'todo', needs: 'record.see', first },
    { id: 'todo_words', needs: 'record.see' },
    { id: 'help', needs: 'record.see' },
  ],
  receipt: [
    { id: 'receipt', needs: 'receipt.record', first },
    { id: 'receipt_new', needs: 'receipt.record' },
    { id: 'receipt_show', needs: 'receipt.reverse', first },
    { id: 'receipt_look', needs: 'record.see', unless: ['receipt.reverse'], first },
    { id: 'receipt_list', needs: 'record.see' },
    { id: 'claim', needs: 'receipt.record', first },
    { id: 'prepay', needs: 'receipt.apply' },
  ],
  plan: [
    { id: 'plan', needs: 'instalment.edit', first },
    { id: 'plan_money', needs: 'instalment.write_off', unless: ['instalment.edit'], first },
    { id: 'plan_look', needs: 'record.see', unless: ['instalment.edit', 'instalment.write_off'], first },
    { id: 'plan_new', needs: 'plan.create' },
    { id: 'postpone', needs: 'instalment.postpone' },
    { id: 'plan_list', needs: 'record.see' },
  ],
  contract: [
    { id: 'contract', needs: 'contract.edit', first },
    { id: 'contract_look', needs: 'record.see', unless: ['contract.edit'], first },
    { id: 'contract_new', needs: 'contract.create' },
    { id: 'contract_list', needs: 'record.see' },
    { id: 'milestone', needs: 'milestone.set', first },
    { id: 'amend', needs: 'contract.amend', first },
    { id: 'void', needs: 'contract.void' },
    { id: 'archive', needs: 'contract.archive' },
  ],
  customer: [
    { id: 'customer', needs: 'record.see', first },
    { id: 'customer_new', needs: 'customer.create' },
    { id: 'customer_list', needs: 'record.see' },
    { id: 'history', needs: 'record.see' },
    { id: 'ledger', needs: 'record.see' },
    { id: 'merge', needs: 'customer.merge' },
    { id: 'handover', needs: 'customer.assign' },
  ],
  lists: [
    { id: 'find', needs: 'record.see', first },
    { id: 'export', needs: 'record.export', first },
    { id: 'import', needs: 'customer.import', first },
  ],
  report: [
    { id: 'report', needs: 'record.see' },
    { id: 'report_aging', needs: 'record.see', first },
    { id: 'report_progress', needs: 'record.see' },
    { id: 'report_debts', needs: 'record.see' },
    { id: 'report_receipts', needs: 'record.see' },
    { id: 'report_overdue', needs: 'record.see' },
    { id: 'report_trend', needs: 'record.see' },
    { id: 'report_forecast', needs: 'record.see' },
    { id: 'report_risks', needs: 'record.see' },
    { id: 'report_habits', needs: 'record.see' },
    { id: 'report_performance', needs: 'report.performance' },
  ],
  audit: [
    { id: 'audit', needs: 'audit.see', first },
    { id: 'audit_settings', needs: 'audit.see' },
  ],
  settings: [
    { id: 'delegate', needs: 'record.see', first },
    { id: 'mine', needs: 'record.see' },
    { id: 'settings', needs: 'settings.edit', first },
    { id: 'roles', needs: 'settings.edit', first },
    { id: 'ladder', needs: 'ladder.edit', first },
    { id: 'rates', needs: 'rates.edit' },
    { id: 'calendar', needs: 'settings.edit' },
    { id: 'backups', needs: 'settings.edit' },
  ],
};

export const HELP_PAGES = Object.keys(HELP) as HelpPage[];
