// Rules of the settings as the audit trail keeps them, read again: who approves, when is reminded, a template's lines. Pure.
import { z } from 'zod';
import { type ApprovalFlow, approvalFlow } from './approvals/flow.js';
import { LADDER_KINDS, RECIPIENT_ROLES, TONES } from './reminders/ladder.js';
import { numberPattern } from './settings/settings.js';
import { templateLine } from './templates/template.js';

const step = z
  .object({
    offsetDays: z.number(),
    repeatEveryDays: z.number().optional(),
    anchorWeekday: z.number().optional(),
    roles: z.array(z.enum(RECIPIENT_ROLES)),
    level: z.number().nullable(),
    tone: z.enum(TONES).default('plain'),
    replacedByRemindDays: z.boolean().default(false),
    appliesTo: z.enum(LADDER_KINDS),
  })
  .transform(({ repeatEveryDays, anchorWeekday, ...rule }) => ({
    ...rule,
    ...(repeatEveryDays !== undefined && { repeatEveryDays }),
    ...(anchorWeekday !== undefined && { anchorWeekday }),
  }));
const line = templateLine.extend({
  fixedAmount: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt)
    .nullable()
    .default(null),
  /** Of a fixed amount. */
  currency: z.string().optional(),
});

/** Null: none, or from before it was kept like this. */
const readWith =
  <T>(schema: z.ZodType<T>) =>
  (value: unknown): T | null =>
    schema.safeParse(value).data ?? null;

export const keptFlow: (value: unknown) => ApprovalFlow | null = readWith(approvalFlow);
export const keptStep = readWith(step);
export const keptLine = readWith(line);
export const keptPattern = readWith(numberPattern);
