// The company's settings that are data: dictionaries, numbering, tolerance. Pure; stored in company.settings.
import { z } from 'zod';
import type { Locale } from '../access.js';
import { MAX_SMALL_DIFFERENCE } from '../adjustments/adjustment.js';
import { approvalFlow, DEFAULT_FLOWS, exchangeRate, MAX_FLOWS } from '../approvals/flow.js';
import { DEFAULT_PATTERNS } from '../numbering.js';

const dictionaryEntry = z.object({
  key: z.string().regex(/^[a-z0-9_]{1,40}$/),
  zh: z.string().min(1).max(40),
  en: z.string().min(1).max(40),
  active: z.boolean().default(true),
});
export type DictionaryEntry = z.infer<typeof dictionaryEntry>;

const dictionary = (entries: [key: string, zh: string, en: string][]) =>
  z
    .array(dictionaryEntry)
    .min(1)
    .max(90)
    .default(() => entries.map(([key, zh, en]) => ({ key, zh, en, active: true })));

export const numberPattern = z.object({
  parts: z
    .array(
      z.union([
        z.object({ text: z.string().max(10) }),
        z.object({ date: z.enum(['YYYY', 'YYYYMM', 'YYYYMMDD']) }),
        z.object({ counter: z.number().int().min(1).max(10) }),
      ]),
    )
    .min(1),
  reset: z.enum(['daily', 'monthly', 'yearly', 'never']),
});

/** How often an owner is told that a contract ends, and how long ahead at most. */
export const MAX_ENDINGS = 5;
export const MAX_ENDING_DAYS = 365;
/** Of what is not reminded, in minor units; and of the workdays that an acknowledged case waits. */
export const MAX_TOLERANCE = 50_00;
export const MAX_ACK_DAYS = 10;

/** Everything in it has a default, so that an empty object is a working company. */
export const MAX_BACKUP_DAYS = 365;

export const companySettings = z.object({
  contractTypes: dictionary([
    ['vehicle', '整车', 'Vehicle'],
    ['parts', '配件', 'Parts'],
    ['used_car', '二手车', 'Used car'],
    ['leasing', '租赁', 'Leasing'],
  ]),
  customerTypes: dictionary([
    ['end_user', '终端客户', 'End customer'],
    ['dealer', '经销商', 'Dealer'],
    ['leasing', '租赁公司', 'Leasing company'],
    ['government', '政府与事业单位', 'Public sector'],
    ['other', '其他', 'Other'],
  ]),
  industries: dictionary([
    ['construction', '建筑', 'Construction'],
    ['manufacturing', '制造', 'Manufacturing'],
    ['mining', '矿业', 'Mining'],
    ['logistics', '物流', 'Logistics'],
    ['agriculture', '农业', 'Agriculture'],
    ['energy', '能源', 'Energy'],
    ['trade', '贸易', 'Trade'],
    ['services', '服务', 'Services'],
    ['other', '其他', 'Other'],
  ]),
  paymentMethods: dictionary([
    ['transfer', '银行转账', 'Bank transfer'],
    ['cash', '现金', 'Cash'],
    ['card', '刷卡', 'Card'],
    ['acceptance_bill', '承兑汇票', 'Acceptance bill'],
    ['other', '其他', 'Other'],
  ]),
  currencies: z
    .array(z.string().regex(/^[A-Z]{3}$/))
    .min(1)
    .default(['CNY', 'USD', 'EUR', 'HKD', 'JPY']),
  numbering: z
    .object({ contract: numberPattern, receipt: numberPattern, customer: numberPattern })
    .default(() => structuredClone(DEFAULT_PATTERNS)),
  /** Only more than this (minor units of the base currency) is reminded; default 1.00. */
  toleranceMinor: z.number().int().min(0).max(MAX_TOLERANCE).default(100),
  /** A rest of a part-paid instalment up to this may be let go as 尾差 (minor units of the base currency); 0: never. */
  smallDifferenceMinor: z.number().int().min(0).max(MAX_SMALL_DIFFERENCE).default(100),
  /** Days ahead of a contract's end at which its owner is told; empty: never. */
  endingDays: z.array(z.number().int().min(1).max(MAX_ENDING_DAYS)).max(MAX_ENDINGS).default([30, 7]),
  /** Who approves what, from which amount on (rules §6). */
  approvalFlows: z
    .array(approvalFlow)
    .min(1)
    .max(MAX_FLOWS)
    .default(() => structuredClone([...DEFAULT_FLOWS])),
  /** To compare thresholds in the base currency; a currency without a rate takes the strictest flow. */
  exchangeRates: z.array(exchangeRate).max(50).default([]),
  /** The only finance user may decide what they recorded; each such decision is flagged. */
  soloMode: z.boolean().default(false),
  /** Workdays that an acknowledged case waits before the next level. */
  ackDays: z.number().int().min(1).max(MAX_ACK_DAYS).default(3),
  /** An admin has looked at the company's own form and saved it: the set-up list has it done. */
  companyConfirmed: z.boolean().default(false),
  /** A channel that is not set is left out on purpose: the set-up list does not ask for it. */
  channelsDeclined: z.boolean().default(false),
  /** The hour of the day, in the company's zone, at which everything is backed up; null: only by hand. */
  backupHour: z.number().int().min(0).max(23).nullable().default(2),
  /** Days that backups are kept. */
  backupDays: z.number().int().min(1).max(MAX_BACKUP_DAYS).default(7),
});
export type CompanySettings = z.infer<typeof companySettings>;

/** The entry's name for the reader; an unknown key is shown as it is. */
export function dictionaryName(entries: readonly DictionaryEntry[], key: string, locale: Locale): string {
  const entry = entries.find((candidate) => candidate.key === key);
  if (!entry) return key;
  return locale === 'en' ? entry.en : entry.zh;
}
