// Answers of the front door: what waits today, and what a search found (ux §4.2). Pure.
import type { KnownBlock } from '@slack/types';
import { can } from '../../domain/access.js';
import type { Found } from '../../domain/home/search.queries.js';
import type { WaitingBySort } from '../../domain/home/waiting-item.queries.js';
import type { Todo } from '../../domain/reminders/todo.queries.js';
import { formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { actions, button, context, escapeMrkdwn, present, section } from './blocks.js';
import { contractValue } from './contract-list-views.js';
import { countsLine } from './counts-views.js';
import { customerValue } from './customer-views.js';
import type { Message } from './info-view.js';
import { instalmentRow, type RowReader } from './row-views.js';
import { firstThings, receiptOpenButton } from './waiting-views.js';

/** Rows of the answer to /hk. */
export const TODAY_ROWS = 5;

/** The counting sentence, at most five things to do, and where to go from here. */
export function todayMessage(todo: Todo, waiting: WaitingBySort, reader: RowReader): Message {
  const { t, actor } = reader;
  // Drafts and rejected receipts wait too, and stand right below.
  const line = countsLine({ ...todo.counts, waiting: waiting.total }, reader, waiting.sorts);
  const first = firstThings({ items: waiting.items, rows: todo.rows }, TODAY_ROWS, reader, (row) =>
    instalmentRow(row, reader),
  );
  const more = waiting.total + todo.total - first.count;
  return {
    text: line,
    blocks: [
      section(escapeMrkdwn(line)),
      ...first.blocks,
      ...(more > 0 ? [context(t('home:more', { count: more }))] : []),
      // What is overdue in the company waits for its owners.
      ...(first.count === 0 && line !== t('reminders:nothing') ? [context(t('reminders:nothing'))] : []),
      actions(
        present(
          actor &&
            can(actor, 'receipt.record') &&
            button(ACTION.receiptNew, t('home:record_receipt'), { style: 'primary' }),
          actor && can(actor, 'plan.create') && button(ACTION.planNew, t('home:new_plan')),
          button(ACTION.todo, t('home:todo')),
          button(ACTION.reports, t('reports:title')),
          button(ACTION.help, t('common:help')),
        ),
      ),
    ],
  };
}

/** Records that hold the words, each with [打开]. */
export function foundBlocks(found: Found, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  const open = (actionId: string, value: string, about: string) =>
    button(actionId, t('common:open'), { value, label: `${t('common:open')} ${about}` });
  return [
    ...found.customers.map((row) => {
      const name = shortCustomer(locale, row.name);
      const text = t('home:found.customer', { name: escapeMrkdwn(name), code: row.code });
      return section(text, open(ACTION.customerOpen, customerValue(row.id), row.code));
    }),
    ...found.contracts.map((row) => {
      const words = {
        number: row.number,
        name: escapeMrkdwn(shortName(locale, row.name)),
        customer: escapeMrkdwn(shortCustomer(locale, row.customerName)),
      };
      return section(
        t('home:found.contract', words),
        open(ACTION.contractOpen, contractValue(row.id), row.number),
      );
    }),
    ...found.receipts.map((row) => {
      const words = {
        number: row.number,
        customer: escapeMrkdwn(shortCustomer(locale, row.customerName)),
        amount: formatMoney(locale, { minor: row.amount, currency: row.currency }),
      };
      return section(t('home:found.receipt', words), receiptOpenButton(t, row.id, row.number));
    }),
  ];
}

/** The answer to a search. */
export function foundMessage(found: Found, words: string, reader: RowReader): Message {
  const { t } = reader;
  if (found.total === 0) {
    const text = t('home:nothing_found', { words });
    return { text, blocks: [section(escapeMrkdwn(text))] };
  }
  const text = t('home:found', { words });
  const more = found.total - found.customers.length - found.contracts.length - found.receipts.length;
  return {
    text,
    blocks: [
      section(escapeMrkdwn(text)),
      ...foundBlocks(found, reader),
      ...(more > 0 ? [context(t('home:more', { count: more }))] : []),
    ],
  };
}
