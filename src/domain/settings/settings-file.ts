// All settings as one file: what stands in it, and how it is read (F103). Pure. People are named by their Slack id, with
// e-mail and name beside it; templates, customers and departments by code or name: ids are of one database only. Secrets
// are no settings and never in it. What a file leaves out stays as it is.
import { z } from 'zod';
import { ROLES } from '../access.js';
import { approvalFlow, MAX_FLOWS, MAX_STEPS } from '../approvals/flow.js';
import { DomainError } from '../errors.js';
import { isLocalDate, type LocalDate } from '../local-date.js';
import { MAX_PLAN_LINES } from '../plans/plan-lines.js';
import { LADDER_KINDS, RECIPIENT_ROLES, TONES } from '../reminders/ladder.js';
import {
  LADDER_SCOPES,
  MAX_LADDER_DAYS_BEFORE,
  MAX_LEVEL,
  MAX_OFFSET_DAYS,
  MAX_REPEAT_DAYS,
} from '../reminders/ladders.js';
import { isZone, TIME } from '../reminders/send-times.js';
import { templateInput, templateLine } from '../templates/template.js';
import { MAX_HOLIDAY_NAME } from './holidays.js';
import { companySettings } from './settings.js';

/** Raised whenever a file of before could be misread. */
export const SETTINGS_FILE_VERSION = 1;
/** Longer than any company's settings. */
export const MAX_SETTINGS_FILE = 4 * 1024 * 1024;
const MOST = 5000;

const slackId = z.string().regex(/^[A-Z0-9_]{1,40}$/);
const time = z.string().regex(TIME);
const day = z.string().refine((text): text is LocalDate => isLocalDate(text));

/** Keys without a value fall out, as in every object of this app. */
function compact<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

const company = z.strictObject({
  name: z.string().trim().min(1).max(80),
  timezone: z.string().max(60).refine(isZone),
  baseCurrency: z.string().regex(/^[A-Z]{3}$/),
  locale: z.enum(['zh-CN', 'en']),
  remindAt: time,
  remindUntil: time,
  workweek: z.array(z.number().int().min(1).max(7)).min(1).max(7),
  financeChannelId: slackId.nullable(),
  escalationChannelId: slackId.nullable(),
});

const { mode, roles } = approvalFlow.shape.steps.element.shape;
const fileFlow = approvalFlow.extend({
  steps: z
    .array(z.strictObject({ mode, roles, people: z.array(slackId).max(50) }))
    .min(1)
    .max(MAX_STEPS),
});
/** What an admin has looked at and left out here is no setting. */
const settings = companySettings
  .omit({ approvalFlows: true, companyConfirmed: true, channelsDeclined: true })
  .extend({ approvalFlows: z.array(fileFlow).min(1).max(MAX_FLOWS) })
  .partial()
  .strict()
  .transform(compact);

const holidays = z.strictObject({
  coveredThrough: day.nullable(),
  days: z
    .array(z.strictObject({ date: day, isWorkday: z.boolean(), name: z.string().max(MAX_HOLIDAY_NAME) }))
    .max(MOST),
});

const step = z
  .strictObject({
    code: z.string().regex(/^[A-Z0-9]{1,20}$/),
    rank: z.number().int().min(0).max(1_000_000),
    offsetDays: z.number().int().min(-MAX_LADDER_DAYS_BEFORE).max(MAX_OFFSET_DAYS),
    repeatEveryDays: z.number().int().min(1).max(MAX_REPEAT_DAYS).optional(),
    anchorWeekday: z.number().int().min(1).max(7).optional(),
    roles: z.array(z.enum(RECIPIENT_ROLES)).min(1).max(RECIPIENT_ROLES.length),
    place: z.enum(['dm', 'thread']),
    needsAck: z.boolean(),
    level: z.number().int().min(0).max(MAX_LEVEL).nullable(),
    /** Not in files of before there were tones. */
    tone: z.enum(TONES).optional(),
    replacedByRemindDays: z.boolean(),
    appliesTo: z.enum(LADDER_KINDS),
  })
  .transform(({ repeatEveryDays, anchorWeekday, tone, ...rule }) => ({
    ...rule,
    ...(tone !== undefined && { tone }),
    ...(repeatEveryDays !== undefined && { repeatEveryDays }),
    ...(anchorWeekday !== undefined && { anchorWeekday }),
  }));
const ladder = z.strictObject({
  scope: z.enum(LADDER_SCOPES).exclude(['instalment']),
  /** A template's or customer's code; null for the company. */
  of: z.string().max(40).nullable(),
  kind: z.enum(LADDER_KINDS),
  steps: z.array(step).min(1).max(40),
});

const minor = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);
const template = z.strictObject({
  ...templateInput.shape,
  lines: z
    .array(z.strictObject({ ...templateLine.shape, fixedAmount: minor.nullable().default(null) }))
    .min(1)
    .max(MAX_PLAN_LINES),
});

const department = z.strictObject({
  name: z.string().trim().min(1).max(60),
  parent: z.string().max(60).nullable(),
  director: slackId.nullable(),
});

const person = z.strictObject({
  slackUserId: slackId,
  email: z.string().max(320).nullable(),
  name: z.string().max(200),
  roles: z.array(z.enum(ROLES)).max(ROLES.length),
  manager: slackId.nullable(),
  department: z.string().max(60).nullable(),
});

const settingsFile = z.strictObject({
  huikuan: z.literal('settings'),
  version: z.literal(SETTINGS_FILE_VERSION),
  exportedAt: z.string().max(40).optional(),
  company: company.partial().transform(compact).optional(),
  settings: settings.optional(),
  holidays: holidays.optional(),
  ladders: z.array(ladder).max(MOST).optional(),
  templates: z.array(template).max(500).optional(),
  departments: z.array(department).max(MOST).optional(),
  people: z.array(person).max(MOST).optional(),
});
export type SettingsFile = z.infer<typeof settingsFile>;
export type FilePerson = z.infer<typeof person>;

const head = z.object({ huikuan: z.literal('settings'), version: z.number() });

/**
 * A file that somebody chose, as text or as the JSON it was.
 * @throws DomainError settings.file_unreadable, settings.file_version, settings.file_invalid (with the place in it)
 */
export function readSettingsFile(content: unknown): SettingsFile {
  const raw = typeof content === 'string' ? parse(content) : content;
  const known = head.safeParse(raw);
  if (!known.success) throw new DomainError('settings.file_unreadable', {}, 'file');
  if (known.data.version !== SETTINGS_FILE_VERSION)
    throw new DomainError(
      'settings.file_version',
      { version: String(known.data.version), known: String(SETTINGS_FILE_VERSION) },
      'file',
    );
  const read = settingsFile.safeParse(raw);
  if (!read.success) {
    const [issue] = read.error.issues;
    // What no file has is named itself, not what it stands in.
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    throw invalidAt(...(issue?.path.map(String) ?? []), ...unknown);
  }
  const file = read.data;
  // A key that has a default is filled in by reading: what the file does not say is not to be set to it.
  const said = Object.keys(Object((raw as { settings?: object }).settings ?? {}));
  return file.settings
    ? {
        ...file,
        settings: Object.fromEntries(Object.entries(file.settings).filter(([key]) => said.includes(key))),
      }
    : file;
}

/** The place in the file that cannot be used. */
export const invalidAt = (...path: string[]): DomainError =>
  new DomainError('settings.file_invalid', { place: path.join('.') }, 'file');

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

/** The file's text, for people too: a line a value, amounts as text. */
export const writeSettingsFile = (file: SettingsFile): string =>
  `${JSON.stringify(file, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;
