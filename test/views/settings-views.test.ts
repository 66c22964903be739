// The settings' windows with extreme data in both languages, and what roles are said to mean.
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';
import { ROLES } from '../../src/domain/access.js';
import { APPROVER_ROLES } from '../../src/domain/approvals/approval.js';
import { type ApprovalFlow, DEFAULT_FLOWS } from '../../src/domain/approvals/flow.js';
import { addDays, localDate } from '../../src/domain/local-date.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import type { LadderWindow } from '../../src/domain/reminders/ladder-window.queries.js';
import { rulesOfKind } from '../../src/domain/reminders/ladders.js';
import { BACKUP_FAILURES, type BackupRun } from '../../src/domain/settings/backups.service.js';
import type { SettingsOverview } from '../../src/domain/settings/overview.queries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import type { SettingsPlan } from '../../src/domain/settings/settings-change.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { ladderModal, stepForm } from '../../src/handlers/views/ladder-views.js';
import { ownTimesForm } from '../../src/handlers/views/own-times-views.js';
import { backupForm, backupMessage } from '../../src/handlers/views/settings-backup-views.js';
import {
  calendarMissing,
  calendarModal,
  holidaysForm,
  workweekForm,
} from '../../src/handlers/views/settings-calendar-views.js';
import { settingsFileForm, settingsPreview } from '../../src/handlers/views/settings-file-views.js';
import { settingsIndex } from '../../src/handlers/views/settings-index-views.js';
import { ratesForm, ratesMessage } from '../../src/handlers/views/settings-rates-views.js';
import { thresholdsForm } from '../../src/handlers/views/settings-threshold-views.js';
import { toleranceForm } from '../../src/handlers/views/settings-tolerance-views.js';
import { channelsForm, companyForm, effectOf, memberForm } from '../../src/handlers/views/settings-views.js';

const ID = '0190a0a0-0000-7000-8000-000000000001';
const LONG = '超长名称<@U123>&*_`😀'.repeat(5);
const COMPANY = {
  version: 1,
  name: LONG,
  timezone: 'America/Argentina/ComodRivadavia',
  baseCurrency: 'CNY',
  locale: 'zh-CN' as const,
  remindAt: '09:00',
  remindUntil: '18:00',
  currencies: ['CNY', 'USD'],
  endingDays: [365, 90, 30, 7, 1],
  channelsDeclined: true,
  financeChannelId: 'C1',
  escalationChannelId: null,
};
const [FLOW] = DEFAULT_FLOWS;
if (!FLOW) throw new Error('no flow');
const MANY = companySettings.parse({
  approvalFlows: Array.from({ length: 60 }, (_, index) => ({
    ...FLOW,
    key: `flow_${index}`,
    minAmount: 999_999_999_999_999,
    method: 'x'.repeat(40),
    steps: Array.from({ length: 5 }, () => ({ ...FLOW.steps[0], roles: [...APPROVER_ROLES] })),
  })),
  exchangeRates: Array.from({ length: 50 }, () => ({ currency: 'USD', rate: '999999999.999999' })),
  soloMode: true,
});
const JUMPS = MANY.exchangeRates.map(({ currency, rate }) => ({ currency, from: '0.000001', to: rate }));
const FULL_COMPANY = {
  ...COMPANY,
  settings: MANY,
  calendar: { workweek: [1, 2, 3, 4, 5, 6, 7], days: new Map(), coveredThrough: localDate('2026-12-31') },
};
const EMPTY_COMPANY = {
  ...COMPANY,
  financeChannelId: null,
  settings: companySettings.parse({ smallDifferenceMinor: 0 }),
  calendar: { workweek: [], days: new Map(), coveredThrough: null },
};
const BACKUP: BackupRun = {
  status: 'done',
  scheduled: true,
  path: `/${LONG}<!channel>${LONG}`,
  bytes: 999_999_999_999,
  rows: 2_000_000_000,
  failure: null,
  createdAt: new Date('2025-01-01T00:00:00Z'),
  finishedAt: new Date('2025-01-01T00:10:00Z'),
};
const BACKUPS: BackupRun[] = [
  BACKUP,
  ...BACKUP_FAILURES.map((failure) => ({ ...BACKUP, status: 'failed' as const, failure, scheduled: false })),
  { ...BACKUP, status: 'running', finishedAt: null },
];
const FULL_OVERVIEW: SettingsOverview = {
  members: 500,
  roles: ROLES.map((role) => ({ role, count: 500 })),
  departments: { total: 300, names: Array.from({ length: 5 }, () => LONG) },
  delegates: {
    total: 40,
    first: Array.from({ length: 5 }, () => ({ name: LONG, delegate: LONG, until: localDate('2027-12-31') })),
  },
  ladder: { steps: 60, own: 5000 },
  templateCodes: Array.from({ length: 200 }, () => LONG.slice(0, 20)),
  times: { remindAt: '10:30', quietFrom: '19:00', quietTo: '08:00' },
  lastBackup: BACKUP,
};
const TOPICS = [
  'company',
  'channels',
  'lists',
  'tolerance',
  'calendar',
  'templates',
  'departments',
  'people',
] as const;
const FIELDS: readonly [string, unknown][] = [
  ['name', LONG],
  ['financeChannelId', 'C1'],
  ['locale', 'en'],
  ['workweek', [1, 2, 7]],
  ['numbering', companySettings.parse({}).numbering],
  ['exchangeRates', MANY.exchangeRates],
  ['soloMode', true],
  ['toleranceMinor', 5000],
  ['endingDays', []],
  ['somethingOfALaterVersion', LONG],
];
const LONG_FLOW = {
  ...{
    key: 'own_1',
    subject: 'receipt',
    minAmount: Number.MAX_SAFE_INTEGER,
    method: null,
    contractType: null,
  },
  creditExceeded: true,
  steps: Array.from({ length: 5 }, () => ({
    mode: 'all' as const,
    roles: ['finance' as const, 'finance_manager' as const],
    people: ['01a1f6ae-9900-72e0-ad7e-d0bbdf900c60'],
  })),
} satisfies ApprovalFlow;
const MANY_CHANGES: Pick<SettingsPlan, 'changes' | 'missing'> = {
  changes: [
    ...FIELDS.map(
      ([field, after]) => ({ topic: 'company', kind: 'value', field, before: null, after }) as const,
    ),
    ...TOPICS.flatMap((topic) =>
      (['added', 'changed', 'removed'] as const).flatMap((kind) =>
        Array.from({ length: 50 }, (_, index) => ({
          ...{ topic, kind, name: LONG },
          ...(index % 2 === 0 && { fields: [{ field: 'name', before: LONG, after: [LONG, LONG] }] }),
        })),
      ),
    ),
    ...Array.from(
      { length: 60 },
      () => ({ topic: 'flows', kind: 'flow', before: LONG_FLOW, after: LONG_FLOW }) as const,
    ),
    { topic: 'flows', kind: 'flow', before: null, after: LONG_FLOW },
    { topic: 'numbering', kind: 'changed', name: 'contract' },
    { topic: 'ladders', kind: 'changed', name: 'normal' },
    { topic: 'ladders', kind: 'changed', name: `${LONG} retention` },
  ],
  missing: {
    people: Array.from({ length: 500 }, () => LONG),
    customers: Array.from({ length: 500 }, () => LONG),
    channels: ['C1', 'C2'],
  },
};
const EMPTY_OVERVIEW: SettingsOverview = {
  members: 0,
  roles: [],
  departments: { total: 0, names: [] },
  delegates: { total: 0, first: [] },
  ladder: { steps: 0, own: 0 },
  templateCodes: [],
  times: { remindAt: null, quietFrom: null, quietTo: null },
  lastBackup: null,
};
/** Every second day of a year, each with a name of its own. */
const MANY_DAYS = Array.from({ length: 180 }, (_, index) => ({
  date: addDays(localDate('2027-01-01'), index * 2),
  isWorkday: index % 3 === 0,
  name: LONG.slice(0, 40),
}));
const COMPANY_TIMES = { timezone: COMPANY.timezone, remindAt: '09:00', remindUntil: '18:00' };
const CHANGE = { added: 180, changed: 180, removed: MANY_DAYS };
const CALENDAR = {
  workweek: [7, 1, 2, 3, 4, 5, 6],
  coveredThrough: localDate('2026-12-31'),
  missing: 2027,
  years: [2026, 2027],
  days: MANY_DAYS,
};
const LADDERS: LadderWindow[] = [
  {
    scope: 'company',
    id: null,
    kind: 'normal',
    subject: null,
    rules: DEFAULT_LADDER,
    from: 'company',
    templates: Array.from({ length: 150 }, () => ({ id: ID, name: LONG })),
    others: Array.from({ length: 20 }, () => ({
      scope: 'customer' as const,
      id: ID,
      subject: { name: LONG },
    })),
  },
  ...(['acceptance', 'anchor'] as const).map((kind) => ({
    scope: 'customer' as const,
    id: ID,
    kind,
    subject: { name: LONG },
    rules: rulesOfKind(DEFAULT_LADDER, kind),
    from: 'customer' as const,
    templates: [],
    others: [],
  })),
  {
    scope: 'instalment',
    id: ID,
    kind: 'retention',
    subject: { name: LONG, place: { contract: LONG, n: 60 } },
    rules: DEFAULT_LADDER,
    from: 'template',
    templates: [],
    others: [],
  },
];
const MEMBER = {
  id: ID,
  slackUserId: 'U1',
  name: LONG,
  version: 3,
  active: true,
  roles: [...ROLES],
  manager: { slackUserId: 'U2', name: LONG },
  department: { id: ID, name: LONG },
};

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  const t = translator(locale);
  const today = localDate('2026-11-20');
  const reader = { t, locale, today, now: new Date(), timezone: 'Asia/Shanghai', actor: null };

  it('every window is valid', () => {
    const views = [
      settingsIndex(reader, FULL_COMPANY, FULL_OVERVIEW),
      settingsIndex(reader, EMPTY_COMPANY, EMPTY_OVERVIEW),
      backupForm(reader, { backupHour: null, backupDays: 365 }, BACKUPS, '{}'),
      backupForm(reader, { backupHour: 23, backupDays: 1 }, [], '{}'),
      settingsFileForm(t, '{}'),
      settingsPreview(MANY_CHANGES, { baseCurrency: 'KWD', settings: MANY }, '{}', reader),
      settingsPreview(
        { changes: [], missing: { people: [], customers: [], channels: [] } },
        { baseCurrency: 'CNY', settings: MANY },
        '{}',
        reader,
      ),
      toleranceForm(t, MANY, { base: 'KWD', tolerated: 1 }, '{}'),
      toleranceForm(
        t,
        { toleranceMinor: 0, smallDifferenceMinor: 0, ackDays: 10 },
        { base: 'CNY', tolerated: 9_999_999 },
        '{}',
      ),
      companyForm(t, COMPANY, ID),
      channelsForm(t, COMPANY, ID, 3),
      channelsForm(t, COMPANY, ID, null),
      ownTimesForm(
        t,
        { timezone: LONG, remindAt: null, quietFrom: null, quietTo: null },
        COMPANY_TIMES,
        '{}',
      ),
      ownTimesForm(
        t,
        { timezone: 'UTC', remindAt: '23:59', quietFrom: '00:00', quietTo: '23:58' },
        COMPANY_TIMES,
        '{}',
      ),
      ...LADDERS.flatMap((data) => [
        ...[null, LONG].map((result) => {
          const state = { s: data.scope, i: data.id, k: data.kind, v: 1 };
          return ladderModal(data, state, reader, { result, trial: null });
        }),
        stepForm(data, null, '{}', reader),
        ...data.rules.map((rule) => stepForm(data, rule, '{}', reader)),
      ]),
      ...[
        calendarModal(CALENDAR, reader, 'x'.repeat(300)),
        calendarModal({ ...CALENDAR, coveredThrough: null, missing: 2026, days: [] }, reader, null),
        workweekForm(t, [1, 2, 3, 4, 5], '{}'),
        workweekForm(t, [], '{}'),
        holidaysForm({ year: 2027, days: [], preview: null }, '{}', reader),
        holidaysForm(
          { year: 2027, days: MANY_DAYS, preview: { change: CHANGE, idle: MANY_DAYS, few: 6 } },
          '{}',
          reader,
        ),
      ],
      thresholdsForm({ t, locale }, companySettings.parse({}), 'CNY', '{}'),
      thresholdsForm({ t, locale }, MANY, 'KWD', '{}'),
      ratesForm(t, companySettings.parse({}), 'CNY', { metadata: '{}', jumps: null }),
      ratesForm(t, MANY, 'KWD', { metadata: '{}', jumps: null }),
      ratesForm(t, MANY, 'KWD', { metadata: '{}', jumps: JUMPS }),
      memberForm(t, null, ID),
      memberForm(t, MEMBER, ID),
      memberForm(t, { ...MEMBER, roles: [], manager: null, department: null }, ID),
      memberForm(t, MEMBER, ID, ['rep']),
    ];
    for (const view of views) expect(validateView(view)).toEqual([]);
    expect(validateBlocks('message', calendarMissing(2027, t).blocks)).toEqual([]);
    const rates = ratesMessage(t, LONG, [...JUMPS, { currency: 'USD', from: null, to: '7' }]);
    expect(validateBlocks('message', rates.blocks)).toEqual([]);
    for (const run of BACKUPS) {
      const message = backupMessage(reader, run, run.failure === 'full' ? null : BACKUP);
      expect(validateBlocks('message', message.blocks)).toEqual([]);
      expect(JSON.stringify(message.blocks)).not.toContain('<!channel>');
      expect(message.text.length).toBeGreaterThan(20);
    }
  });

  it('tells what each set of roles can and cannot do', () => {
    for (const role of ROLES) expect(effectOf(t, [role])).not.toBe(effectOf(t, []));
    expect(effectOf(t, [...ROLES])).toBe(effectOf(t, [...ROLES].reverse()));
  });
});

describe('the roles form', () => {
  const t = translator('zh-CN');
  it('names fields after the person, so that one’s boxes are not kept for another', () => {
    const fields = (id: string) =>
      memberForm(t, { ...MEMBER, id }, ID).blocks.flatMap((block) => block.block_id ?? []);
    const other = '0190a0a0-0000-7000-8000-000000000002';
    expect(fields(ID).filter((field) => fields(other).includes(field))).toEqual(['person']);
  });

  it('says that an auditor sees everything and changes nothing', () => {
    expect(effectOf(t, ['auditor'])).toBe(
      '保存后可以查看（全部）；不能建合同和计划、登记回款、审批回款、审批合同、改设置。',
    );
  });
});
