// The rows of the lists of instalments, and the plan of one contract (ux §4.8). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { InstalmentRowData, RowPage } from '../../domain/plans/instalment.queries.js';
import type { PlanTarget } from '../../domain/plans/plan-choices.queries.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, fields, modal, present, section } from './blocks.js';
import type { ListParts, ListPlace } from './list-views.js';
import { instalmentRow, type RowReader } from './row-views.js';

/** One page of instalments: two blocks a row; with what stands around them at most 47 blocks. */
export function planListParts<K extends 'plan' | 'todo'>(
  place: ListPlace<K>,
  list: RowPage,
  reader: RowReader,
): ListParts<K> {
  const { t, actor } = reader;
  return {
    ...place,
    counted: list,
    sums: sumWords(list, reader),
    rows: list.rows.flatMap((row) => instalmentRow(row, reader)),
    // The to-do list leaves out what is paid; a filter may name what the reader does not see.
    none: t(place.kind === 'plan' && isEmpty(place.filter) ? 'plans:list.none' : 'lists:nothing'),
    buttons: [actor && can(actor, 'plan.create') && button(ACTION.planNew, t('plans:new.button'))],
  };
}

const isEmpty = (filter: object): boolean => Object.keys(filter).length === 0;

/** `{n} 期 · 共 {x} · 未收 {y} · 待生效 {z}`, a line a currency: they are never added. */
function sumWords(list: RowPage, { t, locale }: RowReader): string[] {
  return list.totals.map(({ currency, count, amount, outstanding, inactive }) => {
    const money = (minor: bigint) => formatMoney(locale, { minor, currency });
    return present<string>(
      t('plans:list.total', { count, amount: money(amount), open: money(outstanding) }),
      inactive > 0n && t('plans:list.inactive', { amount: money(inactive) }),
    ).join(' · ');
  });
}

const FULL_ROWS = 20;
const MAX_ROWS = 80;
/** Their state says the day already. */
const DATED: readonly string[] = ['inactive', 'postponed', 'undated'];

/** In its plan a row says its day, not only how far that is. */
function dueNote(row: InstalmentRowData, { t, locale, today }: RowReader): { note?: string } {
  if (row.effectiveDue === null || DATED.includes(row.state)) return {};
  return { note: t('plans:plan_of.due', { date: formatDate(locale, row.effectiveDue, today) }) };
}

/** The plan of one contract: its sums and every instalment, with one button each when there are many. */
export function planOfModal(target: PlanTarget, list: RowPage, reader: RowReader): ModalView {
  const { t, locale, actor } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: target.currency });
  const balance = target.amount - target.planned;
  const shown = list.rows.slice(0, MAX_ROWS);
  const rest = list.total - shown.length;
  const buttons = shown.length > FULL_ROWS ? ('compact' as const) : ('full' as const);
  const mayPlan = actor && can(actor, 'plan.create', target.ownerId) && balance > 0n;
  return modal({
    callbackId: VIEW.planOf,
    title: t('plans:plan_of.title'),
    close: t('common:close'),
    metadata: JSON.stringify({ k: 'plan', c: target.contractId }),
    blocks: present<KnownBlock>(
      section(
        `*${escapeMrkdwn(shortCustomer(locale, target.customerName))}* · ${target.contractNumber} ${escapeMrkdwn(shortName(locale, target.contractName))}`,
      ),
      fields([
        [t('plans:contract_amount'), money(target.amount)],
        [t('plans:planned'), money(target.planned)],
        [t('plans:balance'), money(balance)],
      ]),
      ...shown.flatMap((row) => instalmentRow(row, reader, { buttons, ...dueNote(row, reader) })),
      shown.length === 0 && section(t('plans:plan_of.none')),
      rest > 0 && context(t('plans:plan_of.more', { count: rest })),
      mayPlan &&
        actions([
          button(ACTION.planNew, t('plans:new.button'), { value: JSON.stringify({ c: target.contractId }) }),
        ]),
    ),
  });
}
