// One thing that waits for the reader: what it is, since when, and the button that settles it. Pure.
import type { KnownBlock } from '@slack/types';
import type { WaitingItem } from '../../domain/home/waiting-item.queries.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { SetupItem } from '../../domain/settings/setup.queries.js';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatTotals,
  shortCustomer,
  shortName,
  truncate,
} from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { approvalValue } from './approval-views.js';
import { actions, button, escapeMrkdwn, section } from './blocks.js';
import { caseButtons } from './case-buttons.js';
import { contractValue } from './contract-list-views.js';
import { creditRow } from './prepayment-views.js';
import { receiptValue } from './receipt-card-views.js';
import { type RowReader, rowValue, stateWords } from './row-views.js';
import { unclaimedRow } from './unclaimed-views.js';

/** [打开] of a receipt; `about` says for a screen reader which. */
export const receiptOpenButton = (t: Translate, receiptId: string, about: string, text?: string) =>
  button(ACTION.receiptOpen, text ?? t('common:open'), {
    value: receiptValue(receiptId),
    label: `${text ?? t('common:open')} ${about}`,
  });

/** A line of an admin's checklist, by its name. */
export function setupName(item: SetupItem, t: Translate): string {
  if (item === 'calendar') return t('calendar:title');
  return item === 'customers' ? t('imports:title') : t(`home:check.${item}`);
}

/** What the reader has left unfinished. */
const UNFINISHED: readonly WaitingItem['kind'][] = ['rejected', 'draft', 'contract_rejected'];

/**
 * The first things to do: what somebody waits for, what is overdue or due today, what the reader has left unfinished, what
 * comes (ux §4.8). `row` draws an instalment of theirs.
 */
export function firstThings(
  todo: { readonly items: readonly WaitingItem[]; readonly rows: readonly InstalmentRowData[] },
  most: number,
  reader: RowReader,
  row: (one: InstalmentRowData) => KnownBlock[],
): { readonly blocks: readonly KnownBlock[]; readonly count: number } {
  const isUnfinished = ({ kind }: WaitingItem) => UNFINISHED.includes(kind);
  const isDue = ({ effectiveDue }: InstalmentRowData) =>
    effectiveDue !== null && effectiveDue <= reader.today;
  const items = (wanted: boolean) =>
    todo.items.filter((item) => isUnfinished(item) === wanted).map((item) => waitingRow(item, reader));
  const rows = (wanted: boolean) => todo.rows.filter((one) => isDue(one) === wanted).map(row);
  const things = [...items(false), ...rows(true), ...items(true), ...rows(false)].slice(0, most);
  return { blocks: things.flat(), count: things.length };
}

/** One section with its button; a case is also opened before it is acknowledged. */
export function waitingRow(item: WaitingItem, reader: RowReader): KnownBlock[] {
  if (item.kind !== 'case') return [sectionOf(item, reader)];
  const { t, locale } = reader;
  const { row, level } = item;
  const text = t('home:waiting.case', {
    level,
    customer: escapeMrkdwn(shortCustomer(locale, row.customerName)),
    contract: row.contractNumber,
    n: row.seq,
    state: stateWords(row, reader),
    amount: formatMoney(locale, { minor: row.outstanding, currency: row.currency }),
  });
  return [section(text), actions(caseButtons(item, reader))];
}

function sectionOf(item: Exclude<WaitingItem, { kind: 'case' }>, reader: RowReader): KnownBlock {
  const { t, locale, now, today, timezone } = reader;
  switch (item.kind) {
    case 'asked':
      return section(
        t('home:waiting.asked', { user: escapeMrkdwn(item.name) }),
        button(ACTION.settingsMember, t('members:set_roles'), {
          value: item.userId,
          label: `${t('members:set_roles')} ${item.name}`,
        }),
      );
    case 'setup': {
      const open = item.open.map((one) => setupName(one, t)).join(t('common:comma'));
      const text = t('home:waiting.setup', { count: item.open.length, open });
      return section(text, button(ACTION.settings, t('members:go.set_up')));
    }
    case 'left': {
      const { userId, instalments, customers } = item;
      const words = t('customers:handover.button');
      return section(
        t('home:waiting.left', { user: escapeMrkdwn(shortName(locale, item.name)), instalments, customers }),
        button(ACTION.customerHandOver, words, {
          value: userId,
          label: `${words} ${truncate(item.name, 40)}`,
        }),
      );
    }
    case 'prepayment':
      return creditRow(item.credit, reader);
    case 'unclaimed':
      return unclaimedRow(item.money, reader);
    case 'opening': {
      const file = truncate(item.fileName, 60);
      const text = t('home:waiting.opening', {
        file: escapeMrkdwn(file),
        count: item.sums.reduce((count, sum) => count + sum.rows, 0),
        sum: formatTotals(reader.locale, item.sums),
        who: escapeMrkdwn(item.who),
        since: formatInstant(locale, item.since, now, timezone),
      });
      const label = `${t('home:review')} ${truncate(item.fileName, 40)}`;
      return section(
        text,
        button(ACTION.approvalOpen, t('home:review'), { value: approvalValue(item.approval), label }),
      );
    }
    case 'receipt':
    case 'reversal':
    case 'refund':
    case 'reallocation':
    case 'contract':
    case 'contract_void':
    case 'credit_limit': {
      const text = t(`home:waiting.${item.kind}`, {
        ...subject(item, reader),
        who: escapeMrkdwn(item.who),
        since: formatInstant(locale, item.since, now, timezone),
      });
      return section(text, openButton(item, t, t('home:review')));
    }
    case 'postponement': {
      const text = t('home:waiting.postponement', {
        ...subject(item, reader),
        n: item.seq,
        who: escapeMrkdwn(item.who),
        to: formatDate(locale, item.to, today),
      });
      const review = t('home:review');
      const words = {
        value: rowValue(item.id),
        label: `${review} ${t('plans:place', { contract: item.number, n: item.seq })}`,
      };
      return section(text, button(ACTION.instalmentOpen, review, words));
    }
    case 'adjustment': {
      const text = t('home:waiting.adjustment', {
        ...subject(item, reader),
        n: item.seq,
        what: t(`adjustments:what.${item.what}`),
        who: escapeMrkdwn(item.who),
        since: formatInstant(locale, item.since, now, timezone),
      });
      const review = t('home:review');
      const words = {
        value: rowValue(item.id),
        label: `${review} ${t('plans:place', { contract: item.number, n: item.seq })}`,
      };
      return section(text, button(ACTION.instalmentOpen, review, words));
    }
    case 'rejected':
    case 'draft':
    case 'contract_rejected':
      return section(t(`home:waiting.${item.kind}`, subject(item, reader)), openButton(item, t));
  }
}

type SubjectItem = Exclude<
  WaitingItem,
  { kind: 'asked' | 'setup' | 'left' | 'case' | 'unclaimed' | 'prepayment' | 'opening' }
>;

const subject = (item: SubjectItem, { locale }: RowReader) => ({
  number: item.number,
  customer: escapeMrkdwn(shortCustomer(locale, item.customerName)),
  amount: formatMoney(locale, { minor: item.amount, currency: item.currency }),
});

const RECEIPTS: readonly SubjectItem['kind'][] = [
  'receipt',
  'reversal',
  'refund',
  'reallocation',
  'rejected',
];

function openButton(item: SubjectItem, t: Translate, text?: string) {
  if (RECEIPTS.includes(item.kind)) return receiptOpenButton(t, item.id, item.number, text);
  const words = text ?? t('common:open');
  if (item.kind === 'credit_limit')
    return button(ACTION.customerOpen, words, {
      value: JSON.stringify({ k: item.id }),
      label: `${words} ${item.number}`,
    });
  return button(ACTION.contractOpen, words, {
    value: contractValue(item.id),
    label: `${words} ${item.number}`,
  });
}
