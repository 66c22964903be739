// What a settings file would change, part by part, and whom and what it names that is not here (F103). Pure. Nothing is
// removed but days of the years that it has and steps of the ladders that it has: entries, templates, departments and
// people that it does not name stay.
import { canonical } from './same-value.js';
import type { SettingsPlan } from './settings-change.js';
import type { SettingsFile } from './settings-file.js';
import { matchPeople } from './settings-people.js';
import { planDepartments, planPeople } from './settings-plan-people.js';
import { planLadders, planTemplates } from './settings-plan-rules.js';
import { planValues } from './settings-plan-values.js';
import type { PresentSettings } from './settings-present.js';

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
