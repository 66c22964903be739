// What every use case receives. Time, actor, company and ids are arguments, never ambient.
import type { Db, Tx } from './db/client.js';
import type { Actor } from './domain/access.js';
import type { WorkCalendar } from './domain/calendar.js';
import type { LocalDate } from './domain/local-date.js';
import type { CompanySettings } from './domain/settings/settings.js';

/** The company as use cases see it: one row and its work calendar. */
export interface CompanyInfo {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly timezone: string;
  readonly baseCurrency: string;
  readonly locale: 'zh-CN' | 'en';
  /** 'HH:mm' in the company's zone: when the morning starts, and until when a late morning is still sent. */
  readonly remindAt: string;
  readonly remindUntil: string;
  readonly financeChannelId: string | null;
  readonly escalationChannelId: string | null;
  readonly settings: CompanySettings;
  readonly calendar: WorkCalendar;
}

/** A use case without a person: jobs and the start of the app. */
export interface SystemCtx {
  readonly db: Db;
  readonly now: Date;
  /** The date of `now` in the company's zone. */
  readonly today: LocalDate;
  readonly company: CompanyInfo;
}

/** The same on behalf of one person. */
export interface PersonCtx extends SystemCtx {
  readonly actor: Actor;
}

export interface Ctx extends PersonCtx {
  /** Minted when a form opens: a second submission of the same form does the thing once. */
  readonly requestId: string;
}

/** Who reads, and on which day. */
export interface ReadCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
  readonly actor: Actor;
}

/** The same outside of any transaction, where reads may go past the client (db/quick-query.ts). */
export interface OuterReadCtx extends ReadCtx {
  readonly db: Db;
}
