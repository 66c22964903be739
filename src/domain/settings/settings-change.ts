// What a settings file would change, as its parts say it and its preview shows it (settings-plan.ts).
import type { Role } from '../access.js';
import type { ApprovalFlow } from '../approvals/flow.js';
import { type AuditChange, changesOf } from '../audit-changes.js';
import type { LocalDate } from '../local-date.js';
import type { LadderKind, LadderRule } from '../reminders/ladder.js';
import type { Template } from '../templates/template.js';
import type { Holiday } from './holidays.js';
import { canonical } from './same-value.js';
import type { CompanySettings } from './settings.js';
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
  /** `fields`: what of it, as the trail says it, people and departments by name. */
  | {
      readonly kind: 'added' | 'changed' | 'removed';
      readonly name: string;
      readonly fields?: readonly AuditChange[];
    }
  /** Steps of approval; null: there are none of these, or no more. */
  | { readonly kind: 'flow'; readonly before: ApprovalFlow | null; readonly after: ApprovalFlow | null }
);

export interface LadderPlan {
  readonly scope: 'company' | 'template' | 'customer';
  /** A template's code, a customer's id. */
  readonly of: string | null;
  readonly kind: LadderKind;
  /** The steps that are other ones afterwards, as they are now. */
  readonly before: readonly LadderRule[];
  readonly keep: readonly { readonly id: string; readonly rule: LadderRule }[];
  readonly add: readonly LadderRule[];
  readonly off: readonly string[];
}

export interface DepartmentPlan {
  readonly id: string | null;
  readonly name: string;
  readonly parent: string | null;
  readonly directorId: string | null;
  /** Null: it is new. */
  readonly before: { readonly parentId: string | null; readonly directorId: string | null } | null;
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
  readonly templates: readonly {
    readonly id: string | null;
    readonly before: Template | null;
    readonly template: Template;
  }[];
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

const kept = (value: object): Record<string, unknown> => JSON.parse(canonical(value));

/** What of a thing differs, values as the trail keeps them; null: it was not there. */
export const fieldsOf = (before: object | null, after: object): AuditChange[] =>
  changesOf(before && kept(before), kept(after));
