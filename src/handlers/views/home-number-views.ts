// The numbers of App Home by role, each a way to the report or list behind it (ux §4.8). Pure.
import type { Button, KnownBlock } from '@slack/types';
import type { HomeData, HomeState } from '../../domain/home/home.queries.js';
import type { ListFilter } from '../../domain/lists/list-filter.js';
import type { Money } from '../../domain/money.js';
import { defaultQuery, type ReportKind, type ReportQuery } from '../../domain/reports/report.js';
import { formatMoneyShort, numberFormat } from '../i18n/format.js';
import type { WordKey } from '../i18n/index.js';
import { listId } from '../ids.js';
import { REPORT } from '../report-ids.js';
import { button, escapeMrkdwn, section } from './blocks.js';
import { encodeList } from './list-views.js';
import { queryValue } from './report-controls.js';
import type { RowReader } from './row-views.js';

/** A number, and the report or list behind it. */
interface Tile {
  readonly label: string;
  readonly value: string;
  readonly open?: Button;
}

/** The numbers of a role, each with what is behind it in the scope of whoever presses (ux §4.8). */
export function numberBlocks(data: HomeData, reader: RowReader, baseCurrency: string): KnownBlock[] {
  const { t, locale, today } = reader;
  const { numbers: n, state } = data;
  const money = (sums: readonly Money[]) => shortSums(sums, reader);
  const overdue =
    n.overdueCount === 0
      ? t('home:none')
      : t('home:number.count', { count: n.overdueCount, amount: money(n.overdue) });
  const percent = numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const tile = (name: WordKey, value: string, to?: ReportKind, more: Partial<ReportQuery> = {}): Tile => {
    const label = t(name);
    if (to === undefined) return { label, value };
    const query = { ...defaultQuery(to, today, baseCurrency), ...more };
    const report = t(`reports:name.${to}`);
    const open = {
      value: queryValue(query),
      label: t('common:of_field', { label: `${t('reports:open')} ${report}`, text: label }),
    };
    return { label, value, open: button(`${REPORT.open}.${to}`, report, open) };
  };
  const list = (name: WordKey, value: string, filter: ListFilter<'receipt'>): Tile => {
    const label = t(name);
    const open = {
      value: encodeList(filter, 1),
      label: t('common:of_field', { label: t('home:receipts'), text: label }),
    };
    return { label, value, open: button(listId('receipt', 'list'), t('home:receipts'), open) };
  };
  const month = tile(
    'home:number.received_month',
    received(n.receivedMonth, n.plannedMonth, reader),
    'progress',
  );
  const tiles: Record<HomeState['kind'], readonly Tile[]> = {
    rep: [
      tile('home:number.due_week', money(n.dueWeek), 'forecast'),
      tile('home:number.overdue', overdue, 'overdue'),
      month,
    ],
    manager: [
      tile('home:number.overdue', overdue, 'overdue', { by: 'rep' }),
      tile('home:number.overdue_rate', rate(n.overdue, n.outstanding, percent), 'aging', { by: 'rep' }),
      tile('home:number.collection_rate', rate(n.fallenPaid, n.fallenMonth, percent), 'performance'),
      tile('home:number.retention', retention(n, reader), 'debts'),
      month,
    ],
    finance: [
      tile('home:number.received_today', money(n.receivedToday), 'receipts', { from: today, to: today }),
      list('home:number.in_approval', money(n.inApproval), { states: ['submitted'] }),
      tile('home:number.unapplied', money(n.unapplied), 'debts'),
    ],
    auditor: [
      tile('home:number.outstanding', money(n.outstanding), 'aging'),
      tile('home:number.overdue', overdue, 'overdue'),
    ],
    admin: [
      tile('home:number.members', t('home:people', { count: data.members })),
      tile('home:number.queue', t('home:messages', { count: data.queue })),
    ],
  };
  return tiles[state.kind].map(({ label, value, open }) =>
    section(`*${label}*\n${escapeMrkdwn(value)}`, open),
  );
}

function received(sums: readonly Money[], planned: readonly Money[], reader: RowReader): string {
  // Of nothing planned there is no share to tell.
  if (planned.length === 0) return shortSums(sums, reader);
  const words = { received: shortSums(sums, reader), planned: shortSums(planned, reader) };
  return reader.t('home:number.received_value', words);
}

/** 质保金: what is open, and of it overdue. */
function retention(n: HomeData['numbers'], reader: RowReader): string {
  const open = shortSums(n.retention, reader);
  if (n.retentionOverdue.length === 0) return open;
  return reader.t('home:number.retention_value', { open, overdue: shortSums(n.retentionOverdue, reader) });
}

/** One amount a currency; none: a word. */
function shortSums(sums: readonly Money[], { t, locale }: RowReader): string {
  if (sums.length === 0) return t('home:none');
  return sums.map((sum) => formatMoneyShort(locale, sum)).join(' + ');
}

/** A share per currency; without a base there is no share. */
function rate(part: readonly Money[], whole: readonly Money[], percent: Intl.NumberFormat): string {
  if (whole.length === 0) return '—';
  return whole
    .map(({ currency, minor }) => {
      const mine = part.find((sum) => sum.currency === currency)?.minor ?? 0n;
      const share = percent.format(Number((mine * 10_000n) / minor) / 10_000);
      return whole.length === 1 ? share : `${currency} ${share}`;
    })
    .join(' · ');
}
