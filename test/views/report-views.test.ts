import { describe, expect, it } from 'vitest';
import { addDays, addMonths, localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import type { Aging, AgingSums } from '../../src/domain/reports/aging.queries.js';
import { BOOK_CHECKS } from '../../src/domain/reports/books.js';
import { forecastWeeks } from '../../src/domain/reports/forecast.js';
import { kpisOf, kpiValue, MEASURES, noMeasures, sumOfPart } from '../../src/domain/reports/measures.js';
import { type ReportData, SHOWN_ROWS, WINDOW_ROWS } from '../../src/domain/reports/read-report.queries.js';
import {
  BUCKETS,
  bucketDays,
  bucketOf,
  defaultQuery,
  GROUPS,
  PARTS,
  partsOf,
  REPORT_KINDS,
  type ReportQuery,
  reportPart,
  reportQuery,
} from '../../src/domain/reports/report.js';
import { decodeQuery } from '../../src/domain/reports/report-code.js';
import { NO_NAMES } from '../../src/domain/reports/report-names.queries.js';
import { RISK_REASONS, risksOf } from '../../src/domain/reports/risks.js';
import { booksDiffer } from '../../src/handlers/views/books-views.js';
import { chartNames } from '../../src/handlers/views/chart-names.js';
import { mondayMessage } from '../../src/handlers/views/monday-views.js';
import { kpiModal, kpiText } from '../../src/handlers/views/period-views.js';
import { codeOfControls, controlsId, reportControls } from '../../src/handlers/views/report-controls.js';
import {
  docBlocks,
  docFileEnd,
  docFileHeader,
  docFileRow,
  percentText,
} from '../../src/handlers/views/report-doc.js';
import { reportFilterModal } from '../../src/handlers/views/report-filter-views.js';
import { postedReport, reportPostModal } from '../../src/handlers/views/report-post-views.js';
import { reportRowsModal } from '../../src/handlers/views/report-rows-views.js';
import {
  reportDoc,
  reportExportModal,
  reportMenu,
  reportMessage,
  reportModal,
  reportRows,
} from '../../src/handlers/views/report-views.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const SHOWN = SHOWN_ROWS;
const DAY = localDate('2026-11-20');
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const sums = (minor: bigint): AgingSums => ({
  buckets: { not_due: minor, d30: minor, d60: minor, d90: minor, d180: minor, older: minor, undated: minor },
  open: minor * 7n,
  count: 999_999,
  retention: minor,
  credit: minor,
});
const agingOf = (lines: number, minor: bigint): Aging => ({
  lines: Array.from({ length: lines }, (_, n) => ({
    ...sums(minor),
    key: n === 0 ? '' : ID.replace(/.{2}$/, String(n).padStart(2, '0')),
    name: nasty(200),
  })),
  others: lines === 0 ? null : { ...sums(minor), groups: 12_345 },
  worst: lines === 0 ? null : { ...sums(minor), key: ID, name: nasty(200) },
  total: sums(lines === 0 ? 0n : minor),
  difference: 0n,
});
const ENTRIES = Array.from({ length: 90 }, (_, n) => {
  return { key: `type_${n}`, zh: nasty(40), en: nasty(40), active: true };
});
const setting = (locale: (typeof LOCALES)[number]) => ({
  ...reader(locale),
  contractTypes: ENTRIES,
  paymentMethods: ENTRIES,
  names: NO_NAMES,
  currencies: Array.from(
    { length: 90 },
    (_, n) => `A${String.fromCharCode(65 + (n % 26))}${String.fromCharCode(65 + n / 26)}`,
  ),
});

/** Narrowed in every way, by the longest names. */
const FILTERS = {
  customerId: ID,
  contractId: ID,
  ownerId: ID,
  departmentId: ID,
  type: 'type_0',
  method: 'type_89',
};
const narrowed = (locale: (typeof LOCALES)[number]) => {
  const name = { id: ID, name: nasty(200) };
  return { ...setting(locale), names: { customer: name, contract: name, owner: name, department: name } };
};

describe('what can be looked into', () => {
  const offered = (due: bigint, duePaid: bigint): string => {
    const line = { ...noMeasures(), due, duePaid, settled: 1n };
    const lines = [
      { ...line, key: ID, name: 'one' },
      { ...noMeasures(), settled: 1n, key: '', name: '' },
    ];
    const data = { kind: 'habits', measured: { lines, others: null, total: line } } as const;
    return JSON.stringify(reportControls(data, defaultQuery('habits', DAY, 'CNY'), setting('en')).all);
  };
  const value = (part: object) => JSON.stringify(JSON.stringify(part)).slice(1, -1);

  it('is only what has rows', () => {
    expect(offered(5n, 3n)).toContain(value({ o: 'due', k: ID }));
    expect(offered(5n, 3n)).toContain(value({ o: 'missing' }));
    expect(offered(5n, 5n)).not.toContain(value({ o: 'missing' }));
    expect(offered(5n, 5n)).not.toContain(value({ o: 'due', k: '' }));
    expect(offered(0n, 0n)).not.toContain('report.drill');
  });

  it('has an amount for each part that a report of measures offers', () => {
    const each = { ...noMeasures(), due: 1n };
    const all = Object.fromEntries(Object.keys(each).map((name) => [name, 2n])) as typeof each;
    for (const kind of REPORT_KINDS.filter((one) => one !== 'aging')) {
      const { totals, group } = partsOf(kind);
      for (const part of [...totals, group])
        expect(sumOfPart({ ...all, duePaid: 1n }, part), `${kind} ${part}`).toBeGreaterThan(0n);
    }
  });
});

describe('groups', () => {
  const measured = (
    kind: 'overdue' | 'progress',
    ...lines: (Partial<ReturnType<typeof noMeasures>> & { name: string })[]
  ) => {
    const found = lines.map((line, n) => ({ ...noMeasures(), key: `${ID.slice(0, -1)}${n}`, ...line }));
    const data = { kind, measured: { lines: found, others: null, total: noMeasures() } } as const;
    return reportDoc(data, { ...defaultQuery(kind, DAY, 'CNY'), by: 'contract' }, setting('en'));
  };

  it('of which nothing is overdue are not told of as overdue, in the table or the chart', () => {
    const doc = measured(
      'overdue',
      { name: 'late', open: 9n, overdue: 5n, overdueCount: 1n },
      { name: 'promised only', open: 9n, promised: 5n },
      { name: 'in time', open: 9n },
    );
    expect(doc.rows.map(([name]) => name?.text)).toEqual(['late', 'promised only']);
    expect(doc.chart?.categories).toEqual(['1 late']);
  });

  it('have their names whole where there is room, and tell themselves apart below a chart', () => {
    const names = [
      'HT-2026-0012 · Reach stackers for the inland terminal',
      'HT-2026-0013 · 岸边集装箱起重机维修服务',
    ];
    const lines = names.map((name) => ({ name, contracted: 5n, due: 5n, open: 5n }));
    const doc = measured('progress', ...lines);
    expect(doc.chart?.categories).toEqual(['1 0012 · Reach stac…', '2 0013 · 岸边集装箱起重…']);
    const blocks = JSON.stringify(
      docBlocks({ ...doc, filter: '', check: '' }, { all: [], fewer: [] }).filter(
        ({ type }) => type === 'table',
      ),
    );
    for (const name of names) expect(blocks).toContain(name);
    expect(chartNames(['Only one · name'])).toEqual(['1 Only one · name']);
    expect(chartNames(['A-1', 'A-'])).toEqual(['1 A-1', '2 A-']);
  });
});

describe('buckets', () => {
  it('hold every day once, with inclusive bounds', () => {
    for (const [days, bucket] of [
      [-1, 'not_due'],
      [0, 'not_due'],
      [1, 'd30'],
      [30, 'd30'],
      [31, 'd60'],
      [60, 'd60'],
      [61, 'd90'],
      [90, 'd90'],
      [91, 'd180'],
      [180, 'd180'],
      [181, 'older'],
    ] as const)
      expect(bucketOf(addDays(DAY, -days), DAY), String(days)).toBe(bucket);
    expect(bucketOf(null, DAY)).toBe('undated');
    for (let days = -3; days < 200; days += 1) {
      const due = addDays(DAY, -days);
      const holding = BUCKETS.filter((bucket) => {
        if (bucket === 'undated') return false;
        const { from, to } = bucketDays(bucket, DAY);
        return (from === null || due >= from) && (to === null || due <= to);
      });
      expect(holding).toEqual([bucketOf(due, DAY)]);
    }
  });
});

/** As many rows as a message is read with; a window has more. */
const isShown = (data: ReportData): boolean =>
  ('aging' in data ? data.aging : 'measured' in data ? data.measured : { lines: [] }).lines.length <= SHOWN;

describe.each(LOCALES)('in %s', (locale) => {
  const all = (data: ReportData, query: ReportQuery) => {
    if (isShown(data)) expectMessage(reportMessage(data, query, setting(locale)));
    expectModal(reportModal(data, query, setting(locale)));
    expectModal(reportModal(data, { ...query, ...FILTERS }, narrowed(locale)));
    const doc = reportDoc(data, query, setting(locale));
    const file = [...doc.rows.map(docFileRow), ...docFileEnd(doc)];
    expect([...reportRows(data, query, setting(locale))].map(docFileRow)).toEqual(doc.rows.map(docFileRow));
    expect(new Set(file.map((row) => row.length))).toEqual(new Set([docFileHeader(doc).length]));
    if (!isShown(data)) return;
    expectMessage(reportMessage(data, { ...query, ...FILTERS }, narrowed(locale)));
    expectMessage(postedReport(nasty(100), data, { ...query, ...FILTERS }, narrowed(locale)));
  };

  it('draws anything as a message, a window and a file', () => {
    for (const by of GROUPS)
      for (const [lines, minor] of [
        [0, 0n],
        [SHOWN, MAX_MINOR / 7n],
        [WINDOW_ROWS, MAX_MINOR / 7n],
        [2, 0n],
      ] as const) {
        const query = { ...defaultQuery('aging', DAY, 'CNY'), by };
        all({ kind: 'aging', aging: agingOf(lines, minor) }, query);
      }
    for (const kind of ['progress', 'debts', 'overdue', 'habits', 'performance'] as const)
      for (const [count, value] of [
        [0, 0n],
        [SHOWN, MAX_MINOR],
        [WINDOW_ROWS, MAX_MINOR],
      ] as const) {
        const sums = noMeasures();
        for (const name of MEASURES) sums[name] = value;
        const lines = agingOf(count, 0n).lines.map(({ key, name }) => ({ ...sums, key, name }));
        const measured = { lines, others: count === 0 ? null : { ...sums, groups: 12_345 }, total: sums };
        all({ kind, measured }, defaultQuery(kind, DAY, 'CNY'));
      }
    for (const count of [0, 24]) {
      const month = { due: MAX_MINOR, paidInTime: MAX_MINOR, paid: 0n, received: MAX_MINOR };
      const months = Array.from({ length: count }, (_, n) => ({ ...month, month: addMonths(DAY, n) }));
      all({ kind: 'trend', months, due: MAX_MINOR * BigInt(count) }, defaultQuery('trend', DAY, 'CNY'));
      const sums = { amount: MAX_MINOR, takenBack: 0n, applied: MAX_MINOR, credit: MAX_MINOR };
      const names = {
        number: nasty(40),
        customerName: nasty(200),
        contractNumber: nasty(40),
        method: nasty(40),
      };
      const rows = Array.from({ length: count === 0 ? 0 : SHOWN }, () => ({
        ...sums,
        ...names,
        id: ID,
        receivedOn: DAY,
      }));
      const detail = { rows, count: count * 99, total: sums };
      all({ kind: 'receipts', detail }, defaultQuery('receipts', DAY, 'CNY'));
    }
    for (const minor of [0n, MAX_MINOR]) {
      const amounts = { contract: minor, expected: minor, low: minor, high: minor };
      const weeks = forecastWeeks(DAY).map((week) => ({ ...week, ...amounts }));
      const errors = minor === 0n ? [] : [{ from: DAY, expected: minor, contract: minor, received: 0n }];
      all(
        {
          kind: 'forecast',
          forecast: { weeks, credit: minor, errors, later: minor, undated: minor, open: 15n * minor },
        },
        defaultQuery('forecast', DAY, 'CNY'),
      );
    }
    for (const count of [0, SHOWN]) {
      const risks = RISK_REASONS.map((reason) => ({ reason, value: 99_999 }));
      const line = { key: ID, name: nasty(200), open: MAX_MINOR, overdue: MAX_MINOR, risks };
      const lines = Array.from({ length: count }, () => line);
      const report = {
        lines,
        count: count * 9,
        open: MAX_MINOR * 9n,
        overdue: MAX_MINOR,
        others: MAX_MINOR,
        all: MAX_MINOR * 10n,
      };
      all({ kind: 'risks', risks: report }, defaultQuery('risks', DAY, 'CNY'));
      const [expected = null] =
        count === 0
          ? []
          : forecastWeeks(DAY).map((week) => ({
              ...week,
              contract: 0n,
              expected: MAX_MINOR,
              low: 0n,
              high: MAX_MINOR,
            }));
      const week = noMeasures();
      const query = defaultQuery('progress', DAY, 'CNY');
      expectMessage(
        mondayMessage(
          { query, week, kpis: [], expected, risks: { ...report, lines: lines.slice(0, 5) } },
          reader(locale),
        ),
      );
    }
    const effect = { reminded: 99_999n, paid: 9n };
    const none = noMeasures();
    const kpis = [
      ...kpisOf(none, { begin: 0n, days: 30, year: none, effect }),
      ...kpisOf(none, { begin: MAX_MINOR, days: 365, year: none, effect }),
    ];
    const steps = DEFAULT_LADDER.map((step) => ({ step, reminded: 99_999n, paid: 0n }));
    expectModal(kpiModal({ kpis, steps }, defaultQuery('trend', DAY, 'CNY'), reader(locale)));
    expectMessage(reportMenu(reader(locale), 'CNY'));
    expectModal(reportExportModal(defaultQuery('aging', DAY, 'CNY'), reader(locale).t, 'r'));
  });

  it('draws the rows behind a number', () => {
    const row = {
      id: ID,
      customerName: nasty(200),
      contractNumber: nasty(40),
      seq: 99_999,
      name: nasty(100),
      amount: MAX_MINOR,
      due: localDate('2001-01-01'),
      ownerName: nasty(100),
    };
    for (const rows of [[], Array.from({ length: 20 }, (_, n) => (n % 2 ? row : { ...row, due: null }))]) {
      const found = {
        rows,
        total: rows.length * 9,
        amount: MAX_MINOR,
        groupName: nasty(200),
        page: 2,
        pages: 9,
      };
      for (const o of PARTS)
        for (const more of [{}, { k: ID }, { k: '' }, { t: DAY }, { f: DAY, t: DAY, k: ID }]) {
          const query = { ...defaultQuery('overdue', DAY, 'CNY'), ...FILTERS };
          expectModal(reportRowsModal(query, { o, ...more }, found, narrowed(locale)));
        }
    }
  });

  it('asks to which channel, and shows nothing where somebody may not see it', () => {
    const query = { ...defaultQuery('aging', DAY, 'CNY'), ...FILTERS };
    const channels = [
      { channel: 'finance', id: 'C1', blind: 0 },
      { channel: 'escalation', id: 'C2', blind: 99_999 },
    ] as const;
    expectModal(reportPostModal(query, channels, reader(locale).t, JSON.stringify({ r: ID, q: query })));
    const posted = postedReport(nasty(100), null, query, narrowed(locale));
    expectMessage(posted);
    const shown = posted.blocks.filter((block) => block.type !== 'actions');
    expect(JSON.stringify([posted.text, shown])).not.toContain(nasty(200).slice(0, 30));
  });

  it('asks what a report is narrowed to', () => {
    for (const kind of REPORT_KINDS)
      for (const asksOwner of [true, false]) {
        const query = { ...defaultQuery(kind, DAY, 'CNY'), ...FILTERS };
        const form = { query, asksOwner, metadata: JSON.stringify({ r: ID, q: query }) };
        expectModal(reportFilterModal(form, narrowed(locale)));
      }
    const query = defaultQuery('receipts', DAY, 'CNY');
    const detail = { rows: [], count: 0, total: { amount: 0n, takenBack: 0n, applied: 0n, credit: 0n } };
    expect(reportDoc({ kind: 'receipts', detail }, query, narrowed(locale)).filter).not.toBe('');
    expect(reportDoc({ kind: 'receipts', detail }, query, setting(locale)).filter).toBe('');
  });
});

it('a query comes back from the id of its controls, whatever it asks; a part from a choice', () => {
  for (const kind of REPORT_KINDS)
    for (const filters of [{}, FILTERS, { ...FILTERS, type: 't'.repeat(40) }, { ownerId: ID }]) {
      const query = { ...defaultQuery(kind, DAY, 'CNY'), by: 'department' as const, ...filters };
      const id = controlsId(query);
      expect(id.length).toBeLessThanOrEqual(255);
      expect(reportQuery.parse(decodeQuery(codeOfControls(id)))).toEqual(query);
    }
  expect(reportQuery.safeParse(decodeQuery('aging|x')).success).toBe(false);
  for (const o of PARTS) {
    const part = { o, k: ID };
    expect(JSON.stringify(part).length).toBeLessThanOrEqual(75);
    expect(reportPart.parse(JSON.parse(JSON.stringify(part)))).toEqual(part);
  }
});

it('says what is late first', () => {
  const query = defaultQuery('aging', DAY, 'CNY');
  const words = setting('zh-CN');
  const aging = agingOf(3, 100_00n);
  const lead = reportDoc({ kind: 'aging', aging }, query, words).lead.join('\n');
  expect(lead).toContain('未收 *¥700.00*，其中已逾期 *¥500.00*（71.4%），90 天以上 *¥200.00*');
});

it('every report says that its parts are its whole, or warns', () => {
  const aging = agingOf(3, 100_00n);
  const months = [
    { month: DAY, due: 30_00n, paidInTime: 0n, paid: 0n, received: 0n },
    { month: addMonths(DAY, 1), due: 12_00n, paidInTime: 0n, paid: 0n, received: 0n },
  ];
  const weeks = forecastWeeks(DAY).map((week) => ({
    ...week,
    contract: 100n,
    expected: 0n,
    low: 0n,
    high: 0n,
  }));
  const money = { amount: 100_00n, takenBack: 10_00n, applied: 60_00n, credit: 30_00n };
  const measured = { ...noMeasures(), open: 100_00n, overdue: 30_00n, current: 70_00n };
  /** Each with its whole off by this much. */
  const all = (off: bigint): [ReportData, string][] => [
    [
      { kind: 'aging', aging: { ...aging, total: { ...aging.total, open: 700_00n + off } } },
      '各档合计 ¥700.00 = 未收 ¥700.00',
    ],
    ...(['progress', 'debts', 'overdue', 'habits', 'performance'] as const).map(
      (kind): [ReportData, string] => [
        { kind, measured: { lines: [], others: null, total: { ...measured, open: 100_00n + off } } },
        '未到期 ¥70.00 + 逾期 ¥30.00 = 未收 ¥100.00',
      ],
    ),
    [
      { kind: 'receipts', detail: { rows: [], count: 1, total: { ...money, amount: 100_00n + off } } },
      '冲销退款 ¥10.00 + 已核销 ¥60.00 + 待核销 ¥30.00 = 到账 ¥100.00',
    ],
    [{ kind: 'trend', months, due: 42_00n + off }, '各月合计 ¥42.00 = 整段到期 ¥42.00'],
    [
      {
        kind: 'forecast',
        forecast: { weeks, credit: 0n, errors: [], later: 5_00n, undated: 2_00n, open: 20_00n + off },
      },
      '这些周到期 ¥13.00 + 以后到期 ¥5.00 + 日期待定 ¥2.00 = 未收 ¥20.00',
    ],
    [
      {
        kind: 'risks',
        risks: { lines: [], count: 1, open: 40_00n, overdue: 0n, others: 2_00n, all: 42_00n + off },
      },
      '有风险 ¥40.00 + 其余 ¥2.00 = 未收 ¥42.00',
    ],
  ];
  const checkOf = (data: ReportData, locale: 'zh-CN' | 'en') =>
    reportDoc(data, defaultQuery(data.kind, DAY, 'CNY'), setting(locale)).check;
  expect(new Set(all(0n).map(([{ kind }]) => kind))).toEqual(new Set(REPORT_KINDS));
  for (const [data, words] of all(0n)) {
    expect(checkOf(data, 'zh-CN')).toBe(`核对：${words}，一致。`);
    expect(checkOf(data, 'en')).toContain('equal.');
    const doc = reportDoc(data, defaultQuery(data.kind, DAY, 'CNY'), setting('zh-CN'));
    expect(docFileEnd(doc).at(-1)?.[0], data.kind).toBe(doc.check);
  }
  for (const [data] of all(1n)) {
    expect(checkOf(data, 'zh-CN'), data.kind).toMatch(/^⚠️ .*相差 -?¥0\.01，先别用；已告知管理员。$/);
    expect(checkOf(data, 'en'), data.kind).toContain('do not use');
  }
});

it('shows fifteen rows with exact amounts and the chart where a message can carry them', () => {
  const name = (line: { key: string }) => `江苏重工机械设备有限公司第${line.key.slice(-2)}分公司`;
  const some = agingOf(SHOWN, 123_456_00n);
  const aging = { ...some, lines: some.lines.map((line) => ({ ...line, name: name(line) })) };
  const query = defaultQuery('aging', DAY, 'CNY');
  const words = { ...setting('zh-CN'), currencies: ['CNY', 'USD'] };
  const { blocks } = reportMessage({ kind: 'aging', aging }, query, words);
  expect(JSON.stringify(blocks)).toContain('data_visualization');
  expect(JSON.stringify(blocks)).toContain('第14分公司');
  expectMessage(reportMessage({ kind: 'aging', aging }, query, words));
});

it('a share of nothing is none', () => {
  expect([percentText('en', 1n, 0n), percentText('en', 0n, 5n), percentText('en', 1n, 3n)]).toEqual([
    '—',
    '0%',
    '33.3%',
  ]);
  // CEI of a company whose contracts are all new: its base is below 0.
  expect([percentText('en', -850n, -800n), kpiValue({ part: -850n, whole: -800n, times: 1 })]).toEqual([
    '—',
    null,
  ]);
});

it('a day that has not come is told as such, and the one who is named need not be shown', () => {
  const words = setting('en');
  const worst = { ...sums(9_00n), key: ID, name: 'Far down' };
  const doc = (to: ReportQuery['to']) =>
    reportDoc(
      { kind: 'aging', aging: { ...agingOf(2, 1n), worst } },
      { ...defaultQuery('aging', DAY, 'CNY'), to },
      words,
    );
  expect(doc(words.today).notes.join(' ')).not.toContain('has not come yet');
  expect(doc(addDays(words.today, 1)).notes.join(' ')).toContain('has not come yet');
  expect(doc(DAY).lead.join(' ')).toContain('Most overdue: Far down');
});

it('the check goes along into files; to whoever can see to it goes what differs', () => {
  const aging = { kind: 'aging', aging: agingOf(2, 100_00n) } as const;
  const doc = reportDoc(aging, defaultQuery('aging', DAY, 'CNY'), setting('en'));
  const rows = docFileEnd(doc);
  expect(rows.at(-1)).toHaveLength(docFileHeader(doc).length);
  expect(rows.at(-1)?.[0]).toContain('equal.');
  for (const locale of LOCALES) {
    const differences = BOOK_CHECKS.flatMap((check) =>
      [1, 999_999].map((count) => ({ check, currency: 'CNY', count, amount: MAX_MINOR })),
    );
    expectMessage(booksDiffer(differences, reader(locale)));
  }
});

it('a KPI without a base is none, never 0 %', () => {
  const words = reader('en');
  const none = { reminded: 0n, paid: 0n };
  const facts = { begin: 0n, days: 30, year: noMeasures(), effect: none };
  const nothing = kpisOf(noMeasures(), facts);
  expect(new Set(nothing.map((kpi) => kpiText(kpi, words)))).toEqual(new Set(['—']));
  const sums = { ...noMeasures(), due: 200n, duePaid: 50n, open: 400n, current: 100n };
  const some = kpisOf(sums, { ...facts, effect: { reminded: 8n, paid: 2n } });
  const values = Object.fromEntries(some.map((kpi) => [kpi.name, kpiText(kpi, words)]));
  expect(values).toMatchObject({
    collection_rate: '25%',
    dso: '60 days',
    best_dso: '15 days',
    average_delinquent_days: '45 days',
    reminder_effect: '25%',
  });
});

it('a risk has reasons that add up', () => {
  const nothing = noMeasures();
  const usual = {
    ...nothing,
    open: 100n,
    settled: 9n,
    lateDays: 900n,
    lateAmount: 900n,
    judged: 9n,
    onTime: 9n,
  };
  const reasons = (year: object, recent: object = nothing) =>
    risksOf({ ...usual, ...year }, { ...nothing, ...recent }).map((one) => `${one.reason} ${one.value}`);
  expect(reasons({})).toEqual([]);
  expect(reasons({ oldest: 59n })).toEqual([]);
  expect(reasons({ oldest: 60n })).toEqual(['old 60']);
  expect(reasons({ overdue: 29n })).toEqual([]);
  expect(reasons({ overdue: 30n })).toEqual(['heavy 30']);
  // As the rate in the column beside it: neither cut nor in whole percent.
  expect(reasons({ open: 1302n, overdue: 558n })).toEqual(['heavy 42.9']);
  expect(reasons({ broken: 1n })).toEqual(['broken 1']);
  // One light reason is none yet.
  expect(reasons({ disputed: 50n })).toEqual([]);
  expect(reasons({ disputed: 50n, onTime: 4n })).toEqual(['disputed 50', 'late 44.4']);
  expect(reasons({}, { lateDays: 24n, lateAmount: 3n, settled: 3n })).toEqual(['slowing 7']);
  expect(reasons({}, { lateDays: 24n, lateAmount: 3n, settled: 2n })).toEqual([]);
});

it.each(LOCALES)(
  'in %s a trend says that money was taken back where less is in by now than within the month',
  (locale) => {
    const { t } = setting(locale);
    const notes = (paid: bigint) => {
      const months = [
        { month: DAY, due: 30_00n, paidInTime: 20_00n, paid, received: 20_00n },
        { month: addMonths(DAY, 1), due: 30_00n, paidInTime: 0n, paid: 30_00n, received: 30_00n },
      ];
      return reportDoc(
        { kind: 'trend', months, due: 60_00n },
        defaultQuery('trend', DAY, 'CNY'),
        setting(locale),
      ).notes;
    };
    expect(notes(19_00n)).toContain(t('reports:note.taken_back'));
    expect(notes(20_00n)).not.toContain(t('reports:note.taken_back'));
  },
);
