// What a settings file would change, part by part, and whom and what it names that is not here (F103). Pure. Nothing is
// removed but days of the years that it has and steps of the ladders that it has: entries, templates, departments and
// people that it does not name stay.
import type { Role } from '../access.js';
import type { LocalDate } from '../local-date.js';
import type { LadderRule } from '../reminders/ladder.js';
import type { Template } from '../templates/template.js';
import type { Holiday } from './holidays.js';
import { canonical } from './same-value.js';
import type { CompanySettings } from './settings.js';
import type { SettingsFile } from './settings-file.js';
import { matchPeople } from './settings-people.js';
import { planDepartments, planPeople } from './settings-plan-people.js';
import { planLadders, planTemplates } from './settings-plan-rules.js';
import { planValues } from './settings-plan-values.js';
import type { PresentSettings } from './settings-present.js';

/** Where a change belongs in the settings' index. */
export type SettingsTopic =
  | 'company'
  | 'channels'
  | 'lists'
  | 'numbering'
  | 'flows'
  | 'tolerance'
  | 'calendar'
  | 'ladders'
  | 'templates'
  | 'departments'
  | 'people';

/** One line of the preview; values as they are kept. */
export type SettingsChange = { readonly topic: SettingsTopic } & (
  | { readonly kind: 'value'; readonly field: string; readonly before: unknown; readonly after: unknown }
  | { readonly kind: 'added' | 'changed' | 'removed'; readonly name: string }
);

export interface LadderPlan {
  readonly scope: 'company' | 'template' | 'customer';
  /** A template's code, a customer's id. */
  readonly of: string | null;
  readonly keep: readonly { readonly id: string; readonly rule: LadderRule }[];
  readonly add: readonly LadderRule[];
  readonly off: readonly string[];
}

export interface DepartmentPlan {
  readonly id: string | null;
  readonly name: string;
  readonly parent: string | null;
  readonly directorId: string | null;
}

interface PersonFacts {
  readonly roles: readonly Role[];
  readonly managerId: string | null;
  readonly department: string | null;
}
export interface PersonPlan {
  readonly id: string;
  readonly before: PersonFacts;
  readonly after: PersonFacts;
}

export interface SettingsPlan {
  readonly company: Partial<PresentSettings['company']>;
  readonly settings: Partial<CompanySettings>;
  readonly coveredThrough: LocalDate | null;
  readonly days: { readonly put: readonly Holiday[]; readonly drop: readonly LocalDate[] };
  readonly ladders: readonly LadderPlan[];
  readonly templates: readonly { readonly id: string | null; readonly template: Template }[];
  readonly departments: readonly DepartmentPlan[];
  readonly people: readonly PersonPlan[];
  readonly changes: readonly SettingsChange[];
  /** Named in the file, and not here: what is said of them is left out. */
  readonly missing: {
    readonly people: readonly string[];
    readonly customers: readonly string[];
    readonly channels: readonly string[];
  };
}

/**
 * Works it out against what is there; `unreachable`: channels that the app cannot post in, which stay as they are.
 * @throws DomainError settings.file_invalid, settings.last_admin, settings.manager_cycle, department.cycle, and what a
 *   template and a ladder must be
 */
export function planSettings(
  file: SettingsFile,
  present: PresentSettings,
  unreachable: readonly string[] = [],
): SettingsPlan {
  const people = matchPeople(file, present.people);
  const values = planValues(file, present, people, unreachable);
  const after = { ...present.settings, ...values.settings };
  const rules = planLadders(file, present);
  const templates = planTemplates(file, present, after);
  const departments = planDepartments(file, present, people);
  const members = planPeople(file, present, people);
  return {
    company: values.company,
    settings: values.settings,
    coveredThrough: values.coveredThrough,
    days: values.days,
    ladders: rules.ladders,
    templates: templates.templates,
    departments: departments.departments,
    people: members.people,
    changes: [
      ...values.changes,
      ...rules.changes,
      ...templates.changes,
      ...departments.changes,
      ...members.changes,
    ],
    missing: { people: people.missing, customers: rules.missing, channels: values.missing },
  };
}

/** Tells one plan from another: a preview holds while this is the same. */
export const planText = ({ changes, missing }: SettingsPlan): string => canonical({ changes, missing });
