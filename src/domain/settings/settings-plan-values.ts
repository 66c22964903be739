// A settings file against the company's own row: its fields, lists, numbers, flows, amounts, and its calendar. Pure.
import type { ApprovalFlow } from '../approvals/flow.js';
import { allowedRoles } from '../approvals/flow-edit.js';
import { type LocalDate, maxDate } from '../local-date.js';
import { readPattern, writePattern } from '../numbering.js';
import { DICTIONARIES, MAX_ENTRIES } from './dictionaries.js';
import type { Holiday } from './holidays.js';
import { isSame } from './same-value.js';
import type { CompanySettings, DictionaryEntry } from './settings.js';
import { fieldsOf, type SettingsChange, type SettingsTopic } from './settings-change.js';
import { invalidAt, type SettingsFile } from './settings-file.js';
import type { MatchedPeople } from './settings-people.js';
import type { PresentSettings } from './settings-present.js';

type Company = PresentSettings['company'];
const CHANNELS = ['financeChannelId', 'escalationChannelId'] as const;

export function planValues(
  file: SettingsFile,
  present: PresentSettings,
  people: MatchedPeople,
  unreachable: readonly string[],
) {
  const company = companyOf(file, present.company, unreachable);
  const settings = settingsOf(file, present.settings, people);
  checkTogether({ ...present.company, ...company }, { ...present.settings, ...settings });
  const days = daysOf(file, present.days);
  const covered = file.holidays?.coveredThrough ?? null;
  const until =
    covered === null ? present.coveredThrough : maxDate(present.coveredThrough ?? covered, covered);
  const changes: SettingsChange[] = [
    ...Object.entries(company).map(
      ([field, after]): SettingsChange => ({
        topic: (CHANNELS as readonly string[]).includes(field)
          ? 'channels'
          : field === 'workweek'
            ? 'calendar'
            : 'company',
        kind: 'value',
        field,
        before: present.company[field as keyof Company],
        after,
      }),
    ),
    ...Object.keys(settings).flatMap((key) =>
      changesOf(key as keyof CompanySettings, settings, present.settings),
    ),
    ...days.years.map(
      ({ year, before, after }): SettingsChange => ({
        topic: 'calendar',
        kind: 'changed',
        name: year,
        fields: [{ field: 'days', before, after }],
      }),
    ),
    ...(until === present.coveredThrough
      ? []
      : [
          {
            topic: 'calendar',
            kind: 'value',
            field: 'coveredThrough',
            before: present.coveredThrough,
            after: until,
          } as const,
        ]),
  ];
  return {
    company,
    settings,
    days: { put: days.put, drop: days.drop },
    coveredThrough: until === present.coveredThrough ? null : until,
    changes,
    missing: unreachable,
  };
}

function companyOf({ company = {} }: SettingsFile, present: Company, unreachable: readonly string[]) {
  const sorted = company.workweek && { workweek: company.workweek.toSorted((a, b) => a - b) };
  const wanted: Partial<Company> = { ...company, ...sorted };
  const entries = Object.entries(wanted).filter(
    ([field, value]) =>
      !isSame(value, present[field as keyof Company]) &&
      !(typeof value === 'string' && unreachable.includes(value)),
  );
  return Object.fromEntries(entries) as Partial<Company>;
}

/** The keys that differ, lists with the present entries that the file does not have. */
function settingsOf(
  { settings = {} }: SettingsFile,
  present: CompanySettings,
  people: MatchedPeople,
): Partial<CompanySettings> {
  const { approvalFlows, ...rest } = settings;
  const wanted: Partial<CompanySettings> = { ...rest };
  for (const name of DICTIONARIES) {
    const entries = rest[name];
    if (entries) wanted[name] = merged(name, present[name], entries);
  }
  if (approvalFlows)
    wanted.approvalFlows = approvalFlows.map((flow) => ({
      ...flow,
      steps: flow.steps.map((step) => {
        const found = step.people.flatMap((slackUserId) => people.find(slackUserId)?.id ?? []);
        if (step.roles.length + found.length === 0) throw invalidAt('settings', 'approvalFlows', flow.key);
        return { ...step, people: found };
      }),
    }));
  const changed = Object.entries(wanted).filter(
    ([key, value]) => !isSame(value, present[key as keyof CompanySettings]),
  );
  return Object.fromEntries(changed) as Partial<CompanySettings>;
}

function merged(
  name: string,
  present: readonly DictionaryEntry[],
  wanted: readonly DictionaryEntry[],
): DictionaryEntry[] {
  const said = new Map(wanted.map((entry) => [entry.key, entry]));
  const known = new Set(present.map((entry) => entry.key));
  const all = [
    ...present.map((entry) => said.get(entry.key) ?? entry),
    ...wanted.filter((entry) => !known.has(entry.key)),
  ];
  const names = all.flatMap(({ zh, en }) => [...new Set([zh.toLowerCase(), en.toLowerCase()])]);
  const isBad =
    all.length > MAX_ENTRIES ||
    said.size < wanted.length ||
    new Set(names).size < names.length ||
    !all.some((entry) => entry.active);
  if (isBad) throw invalidAt('settings', name);
  return all;
}

/** What only makes sense together. */
function checkTogether(company: Company, settings: CompanySettings): void {
  if (company.remindAt >= company.remindUntil) throw invalidAt('company', 'remindUntil');
  if (!settings.currencies.includes(company.baseCurrency)) throw invalidAt('company', 'baseCurrency');
  const keys = (entries: readonly DictionaryEntry[]) => entries.map((entry) => entry.key);
  const flowKeys = settings.approvalFlows.map((flow) => flow.key);
  if (new Set(flowKeys).size < flowKeys.length) throw invalidAt('settings', 'approvalFlows');
  for (const { key, subject, method, contractType, steps } of settings.approvalFlows) {
    const allowed = allowedRoles(subject);
    const isKnown =
      (method === null || keys(settings.paymentMethods).includes(method)) &&
      (contractType === null || keys(settings.contractTypes).includes(contractType)) &&
      steps.every((step) => step.roles.every((role) => allowed.includes(role)));
    if (!isKnown) throw invalidAt('settings', 'approvalFlows', key);
  }
  for (const [kind, pattern] of Object.entries(settings.numbering))
    if (!readPattern(writePattern(pattern), pattern.reset).ok) throw invalidAt('settings', 'numbering', kind);
}

const TOPICS: Partial<Record<keyof CompanySettings, SettingsTopic>> = {
  currencies: 'lists',
  numbering: 'numbering',
  approvalFlows: 'flows',
  exchangeRates: 'flows',
  soloMode: 'flows',
  endingDays: 'company',
  backupHour: 'company',
  backupDays: 'company',
};

function changesOf(
  key: keyof CompanySettings,
  after: Partial<CompanySettings>,
  present: CompanySettings,
): SettingsChange[] {
  const list = DICTIONARIES.find((name) => name === key);
  if (list) return named('lists', present[list], after[list] ?? [], (entry) => `${entry.zh} / ${entry.en}`);
  if (key === 'approvalFlows') return flowChanges(present.approvalFlows, after.approvalFlows ?? []);
  return [
    { topic: TOPICS[key] ?? 'tolerance', kind: 'value', field: key, before: present[key], after: after[key] },
  ];
}

/** Who approves what is shown whole: by its name alone nobody sees whether it became less. */
function flowChanges(before: readonly ApprovalFlow[], after: readonly ApprovalFlow[]): SettingsChange[] {
  const keys = new Set([...after, ...before].map((flow) => flow.key));
  return [...keys].flatMap((key): SettingsChange[] => {
    const [old = null, fresh = null] = [before, after].map((flows) => flows.find((flow) => flow.key === key));
    return isSame(old, fresh) ? [] : [{ topic: 'flows', kind: 'flow', before: old, after: fresh }];
  });
}

/** Which entries came, went or are other ones now. */
function named<T extends { key: string; active: boolean }>(
  topic: SettingsTopic,
  before: readonly T[],
  after: readonly T[],
  nameOf: (entry: T) => string,
): SettingsChange[] {
  const old = new Map(before.map((entry) => [entry.key, entry]));
  const gone = before.filter((entry) => !after.some((one) => one.key === entry.key));
  return [
    ...after.flatMap((entry): SettingsChange[] => {
      const known = old.get(entry.key);
      if (known && isSame(known, entry)) return [];
      if (!known) return [{ topic, kind: 'added', name: nameOf(entry) }];
      const said = (one: T) => ({ name: nameOf(one), active: one.active });
      return [{ topic, kind: 'changed', name: nameOf(known), fields: fieldsOf(said(known), said(entry)) }];
    }),
    ...gone.map((entry): SettingsChange => ({ topic, kind: 'removed', name: nameOf(entry) })),
  ];
}

/** Each year that the file has is replaced by it; other years stay. */
function daysOf({ holidays }: SettingsFile, present: readonly Holiday[]) {
  const wanted = new Map((holidays?.days ?? []).map((day) => [day.date, day]));
  if (holidays && wanted.size < holidays.days.length) throw invalidAt('holidays', 'days');
  const yearOf = (date: LocalDate) => date.slice(0, 4);
  const years = new Set([...wanted.keys()].map(yearOf));
  const old = new Map(present.map((day) => [day.date, day]));
  const put = [...wanted.values()].filter((day) => !isSame(old.get(day.date), day));
  const drop = present.map((day) => day.date).filter((date) => years.has(yearOf(date)) && !wanted.has(date));
  const touched = new Set([...put.map((day) => day.date), ...drop].map(yearOf));
  const count = (days: Iterable<Holiday>, year: string) =>
    [...days].filter((day) => yearOf(day.date) === year).length;
  const changed = [...touched]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((year) => ({
      year,
      before: count(present, year),
      after: count(wanted.values(), year),
    }));
  return { put, drop, years: changed };
}
