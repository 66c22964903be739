// The company row: made once at the first start with its calendar and ladder, read into what use cases see, changed by admins.
import type { CompanyInfo, Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import type { Company } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { askAgainForOrphans, listStuck } from '../approvals/ask-again.service.js';
import { recordAudit } from '../audit.service.js';
import { chineseCalendarDays } from '../chinese-calendar.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { asLocale, listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { DEFAULT_LADDER } from '../reminders/ladder.js';
import { claimRequest } from '../requests.service.js';
import { makePresets, renamePresets } from '../templates/template-rows.service.js';
import { changedOnly, conflictOn } from '../versions.service.js';
import { isJump, type RateChange, rateChanges } from './exchange-rates.js';
import { openRests } from './open-rests.service.js';
import { type CompanySettings, companySettings } from './settings.js';

/** What a company is called until somebody names it. */
const FIRST_NAME = 'Huikuan';

/** Whether somebody has named it. Until an admin saves it, it carries the name it was made with; other settings say nothing. */
export const isNamed = ({ name, settings }: Pick<CompanyInfo, 'name' | 'settings'>): boolean =>
  settings.companyConfirmed || name !== FIRST_NAME;

/** The company as of now; creates it with defaults, the Chinese calendar and the ladder of rules §8 on first use. */
export async function loadCompany(db: Db, now: Date): Promise<CompanyInfo> {
  const row = (await db.company.findFirst()) ?? (await createCompany(db, now));
  // One value instead of 800 rows: whoever asks for the company waits for it.
  const [calendar] = await db.$queryRaw<{ days: Record<LocalDate, boolean> | null }[]>`
    SELECT jsonb_object_agg(date, is_workday) AS days FROM calendar_day`;
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    timezone: row.timezone,
    baseCurrency: row.baseCurrency,
    locale: asLocale(row.locale),
    remindAt: row.remindAt,
    remindUntil: row.remindUntil,
    financeChannelId: row.financeChannelId,
    escalationChannelId: row.escalationChannelId,
    settings: companySettings.parse(row.settings),
    calendar: {
      workweek: row.workweek,
      days: new Map(Object.entries(calendar?.days ?? {}) as [LocalDate, boolean][]),
      coveredThrough: row.calendarCoveredThrough && fromUtcDate(row.calendarCoveredThrough),
    },
  };
}

async function createCompany(db: Db, now: Date): Promise<Company> {
  const { days, coveredThrough } = chineseCalendarDays();
  return transact(db, async (tx) => {
    // Two instances may start at once: the second waits here and finds the first's row.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.company'))`;
    const present = await tx.company.findFirst();
    if (present) return present;
    await tx.$executeRaw`
      INSERT INTO calendar_day (date, is_workday, name)
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(days)}::jsonb) AS x(date date, "isWorkday" boolean, name text)
      ON CONFLICT DO NOTHING`;
    await makeLadder(tx, now);
    const company = await tx.company.create({
      data: {
        id: newId(now),
        name: FIRST_NAME,
        timezone: 'Asia/Shanghai',
        baseCurrency: 'CNY',
        locale: 'zh-CN',
        workweek: [1, 2, 3, 4, 5],
        remindAt: '09:00',
        remindUntil: '18:00',
        calendarCoveredThrough: toUtcDate(coveredThrough),
        settings: {},
        createdAt: now,
        updatedAt: now,
      },
    });
    await makePresets(tx, { id: company.id, locale: asLocale(company.locale) }, now);
    return company;
  });
}

/** The rules of the default ladders that are not there yet. */
async function makeLadder(tx: Tx, now: Date): Promise<void> {
  await tx.reminderRule.createMany({
    data: DEFAULT_LADDER.map((rule) => ({
      ...rule,
      id: newId(now),
      repeatEveryDays: rule.repeatEveryDays ?? null,
      anchorWeekday: rule.anchorWeekday ?? null,
      roles: [...rule.roles],
    })),
    skipDuplicates: true,
  });
}

/** What later versions brought for a company that is there already. Called at the start; safe to repeat. */
export async function completeCompany(db: Db, company: CompanyInfo, now: Date): Promise<void> {
  await transact(db, async (tx) => {
    await makePresets(tx, company, now);
    await makeLadder(tx, now);
  });
}

export interface CompanyChange {
  name?: string;
  timezone?: string;
  baseCurrency?: string;
  locale?: 'zh-CN' | 'en';
  remindAt?: string;
  remindUntil?: string;
  financeChannelId?: string | null;
  escalationChannelId?: string | null;
  workweek?: number[];
  calendarCoveredThrough?: Date;
  settings?: Partial<CompanySettings>;
}

/** What else changed, for the same line of the trail. */
type AlsoChanged = { before: Record<string, unknown>; after: Record<string, unknown> };

/**
 * Changes the company, and `also` whatever must change with it. Whether the bot can post in a channel is tested by the
 * caller before this is called.
 * @throws DomainError access.denied, version.conflict, request.repeated
 */
export async function editCompany(
  ctx: Ctx,
  version: number,
  change: CompanyChange,
  also: (tx: Tx) => Promise<AlsoChanged | null> = async () => null,
): Promise<void> {
  authorize(ctx.actor, 'settings.edit');
  await writeCompany(ctx, version, change, also);
}

/**
 * Changes the exchange rates, which finance keeps (rules §6), and nothing else.
 * @param checked the jumps that the person says are right, as they were asked about
 * @throws DomainError rates.jump (with those not checked), access.denied, version.conflict, request.repeated
 */
export async function editRates(
  ctx: Ctx,
  version: number,
  exchangeRates: CompanySettings['exchangeRates'],
  checked: readonly RateChange[] = [],
): Promise<void> {
  authorize(ctx.actor, 'rates.edit');
  const jumps = rateChanges(ctx.company.settings.exchangeRates, exchangeRates).filter(isJump);
  const isChecked = ({ currency, to }: RateChange) =>
    checked.some((one) => one.currency === currency && one.to === to);
  if (!jumps.every(isChecked)) throw new DomainError('rates.jump', { rates: jumps }, 'rates');
  await writeCompany(ctx, version, { settings: { exchangeRates } }, async () => null);
}

async function writeCompany(
  ctx: Ctx,
  version: number,
  change: CompanyChange,
  also: (tx: Tx) => Promise<AlsoChanged | null>,
): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const before = await lockRow(tx, 'company', ctx.company.id);
    if (!before) throw new RangeError('the company is gone');
    await claimRequest(tx, ctx, 'company.edit', {
      reference: before.name,
      subjectType: 'company',
      subjectId: before.id,
    });
    if (before.version !== version) throw conflictOn(before);
    const { settings, ...fields } = change;
    const present = companySettings.parse(before.settings);
    const merged = companySettings.parse({ ...present, ...settings });
    const turnsSolo = merged.soloMode && !present.soloMode;
    const stuck = turnsSolo ? await listStuck(tx) : [];
    await tx.company.update({
      where: { id: before.id },
      data: { ...fields, settings: merged, updatedAt: ctx.now, version: { increment: 1 } },
    });
    const { locale } = change;
    if (locale !== undefined && locale !== asLocale(before.locale)) {
      await renamePresets(tx, { id: before.id, locale }, ctx.now);
    }
    await openRests(tx, ctx, [
      { baseCurrency: before.baseCurrency, settings: present },
      { baseCurrency: change.baseCurrency ?? before.baseCurrency, settings: merged },
    ]);
    const more = await also(tx);
    // The only finance user may decide now what had nobody.
    if (turnsSolo)
      await askAgainForOrphans(
        tx,
        ctx,
        stuck.map((one) => one.id),
        stuck,
      );
    await recordAudit(tx, ctx, {
      action: 'company.edited',
      subjectType: 'company',
      subjectId: before.id,
      before: { ...changedOnly(before, fields), ...changedSettings(present, merged), ...more?.before },
      after: { ...changedOnly(fields, before), ...changedSettings(merged, present), ...more?.after },
    });
    await tellOfRates(tx, ctx, before.version, rateChanges(present.exchangeRates, merged.exchangeRates));
    // Names of lists, amounts and days are written by the settings: whoever looks at their Home sees the new ones.
    await tx.$executeRaw`UPDATE app_user SET home_stale = true WHERE active AND home_opened_at IS NOT NULL`;
  });
}

/** Of the settings only those that differ: what has its default was not touched. */
function changedSettings(one: CompanySettings, other: CompanySettings): { settings?: object } {
  const changed = changedOnly({ ...one }, { ...other });
  return Object.keys(changed).length > 0 ? { settings: changed } : {};
}

/** By rates it is decided who approves and what is small: whoever answers for that learns of each change of them. */
async function tellOfRates(tx: Tx, ctx: Ctx, version: number, changes: readonly RateChange[]): Promise<void> {
  if (changes.length === 0) return;
  const told = await listHolders(tx, 'finance_manager', 'admin');
  const notices = told
    .filter(({ id }) => id !== ctx.actor.id)
    .map(({ id }) =>
      notice({
        kind: 'rates.changed',
        key: `rates.changed:${version}@${id}`,
        to: { user: id },
        payload: { byId: ctx.actor.id, changes: [...changes] },
      }),
    );
  await enqueue(tx, ctx, ...notices);
}
