// From a Slack user to a use case's Ctx: who, when, which company. The only place where the app asks what time it is.
import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import type { CompanyInfo, Ctx } from '../ctx.js';
import type { Locale } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { todayIn } from '../domain/local-date.js';
import { findActor, spokenLocale } from '../domain/members/member.queries.js';
import { ensureMember, type SlackProfile } from '../domain/members/member.service.js';
import { loadCompany } from '../domain/settings/company.service.js';
import type { Deps } from './deps.js';
import { later } from './later.js';

const PROFILE_FRESH_MS = 60 * 60 * 1000;
/** So long a click of somebody who is known waits for Slack to say who they are: windows and choices have three seconds. */
const PROFILE_WAIT_MS = 1_000;
/** Where Slack did not say it in time, it is not asked again for so long. */
const PROFILE_PAUSE_MS = 60 * 1000;

/** Builds contexts; remembers the company by its version, people's profiles for an hour, and languages for good. */
export class Contexts {
  private company: CompanyInfo | null = null;
  /** From when on (performance.now()) Slack is asked again. */
  private readonly askAgainAt = new Map<string, number>();
  private readonly locales = new Map<string, Locale>();

  constructor(private readonly deps: Deps) {}

  /**
   * The person's context; asks Slack about people not seen in the last hour, and goes by what is known of them where it does
   * not answer within a second. Without a client it is not asked: only people who have been here are known.
   * @throws DomainError role.missing for guests, bots and deactivated users
   */
  async of(client: WebClient | null, slackUserId: string, requestId?: string): Promise<Ctx> {
    const now = this.deps.clock();
    const found = await this.member(client, slackUserId, now);
    if (!found?.active) throw new DomainError('role.missing', {});
    const { actor, companyVersion } = found;
    const company = await this.currentCompany(now, companyVersion);
    this.locales.set(slackUserId, actor.locale);
    const today = todayIn(now, company.timezone);
    return { db: this.deps.db, now, today, company, actor, requestId: requestId ?? newId(now) };
  }

  private async member(client: WebClient | null, slackUserId: string, now: Date) {
    const askAgainAt = this.askAgainAt.get(slackUserId) ?? Number.NEGATIVE_INFINITY;
    const known = await findActor(this.deps.db, slackUserId);
    if (!client || (known && performance.now() < askAgainAt)) return known;
    const profile = readProfile(client, slackUserId);
    if (!known) return this.remember(slackUserId, now, await profile);
    const inTime = await Promise.race([profile.catch(() => null), later(PROFILE_WAIT_MS)]);
    if (inTime) return this.remember(slackUserId, now, inTime);
    this.askAgainAt.set(slackUserId, performance.now() + PROFILE_PAUSE_MS);
    // What Slack says later counts from then on.
    profile
      .then((late) => this.remember(slackUserId, now, late))
      .catch((error: unknown) => this.deps.log.warn({ err: error }, 'a profile could not be read'));
    return known;
  }

  private async remember(slackUserId: string, now: Date, profile: SlackProfile) {
    this.askAgainAt.set(slackUserId, performance.now() + PROFILE_FRESH_MS);
    const user = await ensureMember(this.deps.db, now, profile);
    return user && findActor(this.deps.db, slackUserId);
  }

  /** The company at this version or a later one: whoever changed it, in whatever instance, raised the version. */
  private async currentCompany(now: Date, version: number | null): Promise<CompanyInfo> {
    if (this.company === null || this.company.version !== version)
      this.company = await loadCompany(this.deps.db, now);
    return this.company;
  }

  /** After a change of a profile: read again. */
  forget(slackUserId: string): void {
    this.askAgainAt.delete(slackUserId);
  }

  /** The same of somebody who has been here: what is sent to them meanwhile is in the language they read now. */
  async refresh(client: WebClient, slackUserId: string): Promise<void> {
    if (!(await findActor(this.deps.db, slackUserId))) return;
    await this.remember(slackUserId, this.deps.clock(), await readProfile(client, slackUserId));
  }

  /** The company's zone as last read. */
  timezone(): string {
    return this.company?.timezone ?? 'Asia/Shanghai';
  }

  /** The language to answer in before (or without) a database: the person's as last seen, else the company's. */
  localeOf(slackUserId: string): Locale {
    return this.locales.get(slackUserId) ?? this.company?.locale ?? 'zh-CN';
  }
}

async function readProfile(client: WebClient, slackUserId: string): Promise<SlackProfile> {
  const { user } = await client.users.info({ user: slackUserId, include_locale: true });
  return profileOf(slackUserId, user ?? {});
}

/** What a user object of Slack tells, of the Web API or of an event. */
export function profileOf(slackUserId: string, user: NonNullable<UsersInfoResponse['user']>): SlackProfile {
  return {
    slackUserId,
    name: user.profile?.display_name || user.real_name || user.name || slackUserId,
    email: user.profile?.email ?? null,
    locale: spokenLocale(user.locale ?? ''),
    timezone: user.tz ?? 'Asia/Shanghai',
    workspaceAdmin: user.is_admin === true || user.is_owner === true,
    outsider:
      user.is_bot === true ||
      user.deleted === true ||
      user.is_restricted === true ||
      user.is_ultra_restricted === true,
  };
}
