// All settings as they are, and as a file that another company or a later day can be set to (F103). Pure.
import type { Locale, Role } from '../access.js';
import type { LocalDate } from '../local-date.js';
import type { LadderRule } from '../reminders/ladder.js';
import { kindsOf, type LadderScope, rulesOfKind } from '../reminders/ladders.js';
import type { Template } from '../templates/template.js';
import type { Holiday } from './holidays.js';
import type { CompanySettings } from './settings.js';
import { SETTINGS_FILE_VERSION, type SettingsFile } from './settings-file.js';

export interface PresentRule {
  readonly id: string;
  readonly scope: LadderScope;
  readonly scopeId: string | null;
  readonly enabled: boolean;
  readonly rule: LadderRule;
}

export interface PresentPerson {
  readonly id: string;
  readonly slackUserId: string;
  readonly email: string | null;
  readonly name: string;
  readonly active: boolean;
  readonly roles: readonly Role[];
  readonly managerId: string | null;
  readonly departmentId: string | null;
}

/** Everything that the file is about. */
export interface PresentSettings {
  readonly company: {
    readonly name: string;
    readonly timezone: string;
    readonly baseCurrency: string;
    readonly locale: Locale;
    readonly remindAt: string;
    readonly remindUntil: string;
    readonly workweek: readonly number[];
    readonly financeChannelId: string | null;
    readonly escalationChannelId: string | null;
  };
  readonly settings: CompanySettings;
  readonly coveredThrough: LocalDate | null;
  readonly days: readonly Holiday[];
  readonly rules: readonly PresentRule[];
  readonly templates: readonly (Template & { readonly id: string })[];
  /** Those with a ladder of their own, and those that a file names. */
  readonly customers: readonly { readonly id: string; readonly code: string }[];
  readonly departments: readonly {
    readonly id: string;
    readonly name: string;
    readonly parentId: string | null;
    readonly directorId: string | null;
  }[];
  readonly people: readonly PresentPerson[];
}

/** The settings as a file. Ladders of single instalments are theirs, not the company's, and stay out. */
export function fileOfSettings(present: PresentSettings, now: Date): SettingsFile {
  const { company, settings, departments, people } = present;
  const slackIdOf = (id: string | null) => people.find((one) => one.id === id)?.slackUserId ?? null;
  const departmentOf = (id: string | null) => departments.find((one) => one.id === id)?.name ?? null;
  const { approvalFlows, companyConfirmed: _seen, channelsDeclined: _declined, ...rest } = settings;
  return {
    huikuan: 'settings',
    version: SETTINGS_FILE_VERSION,
    exportedAt: now.toISOString(),
    company: { ...company, workweek: [...company.workweek] },
    settings: {
      ...rest,
      approvalFlows: approvalFlows.map((flow) => ({
        ...flow,
        steps: flow.steps.map((step) => ({
          ...step,
          people: step.people.flatMap((id) => slackIdOf(id) ?? []),
        })),
      })),
    },
    holidays: { coveredThrough: present.coveredThrough, days: [...present.days] },
    ladders: laddersOf(present),
    templates: present.templates.map(({ id: _id, ...template }) => template),
    departments: departments.map(({ name, parentId, directorId }) => ({
      name,
      parent: departmentOf(parentId),
      director: slackIdOf(directorId),
    })),
    people: people
      .filter(({ active, roles, managerId, departmentId }) => {
        return active && (roles.length > 0 || managerId !== null || departmentId !== null);
      })
      .map(({ slackUserId, email, name, roles, managerId, departmentId }) => ({
        slackUserId,
        email,
        name,
        roles: [...roles],
        manager: slackIdOf(managerId),
        department: departmentOf(departmentId),
      })),
  };
}

function laddersOf({ rules, templates, customers }: PresentSettings): NonNullable<SettingsFile['ladders']> {
  const codes = new Map<string, string>([
    ...templates.map(({ id, code }) => [`template ${id}`, code] as const),
    ...customers.map(({ id, code }) => [`customer ${id}`, code] as const),
  ]);
  const enabled = rules.filter((one) => one.enabled && one.scope !== 'instalment');
  const all = new Set(enabled.map(({ scope, scopeId }) => `${scope} ${scopeId ?? ''}`.trim()));
  // The company's first, then by what their codes are: ids and ranks say nothing to a reader.
  const placeOf = (owner: string) =>
    owner === 'company' ? '' : `${owner.split(' ')[0]} ${codes.get(owner)}`;
  const owners = [...all].toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return owners.flatMap((owner) => {
    const [scope = ''] = owner.split(' ');
    const of = codes.get(owner) ?? null;
    // Of what was deleted or merged since nothing hangs on it any more.
    if ((scope !== 'template' && scope !== 'customer' && scope !== 'company') || (scope !== 'company' && !of))
      return [];
    const own = enabled.filter((one) => `${one.scope} ${one.scopeId ?? ''}`.trim() === owner);
    return kindsOf(scope).flatMap((kind) => {
      const steps = rulesOfKind(
        own.map((one) => one.rule),
        kind,
      );
      if (steps.length === 0) return [];
      return [
        {
          scope,
          of,
          kind,
          steps: steps.map((rule) => ({ ...rule, appliesTo: kind, roles: [...rule.roles] })),
        },
      ];
    });
  });
}
