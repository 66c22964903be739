// Posting a report to a channel: asked for by whoever may, written when it is sent. Its numbers are of the poster's scope,
// so they are posted only where everybody who reads them sees as much; else only its name and a button go there, which
// opens the report in the scope of whoever presses it (rules §12).
import type { Ctx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { type Actor, authorize, can, visibleOwners } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { listActors } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { claimRequest } from '../requests.service.js';
import { type ReportQuery, reportAction } from './report.js';
import { findReportNames } from './report-names.queries.js';

export const REPORT_CHANNELS = ['finance', 'escalation'] as const;
export type ReportChannel = (typeof REPORT_CHANNELS)[number];

/** Whether a reader of a report sees all that its poster does. */
export function seesAsMuch(reader: Actor, poster: Actor, query: ReportQuery): boolean {
  if (!can(reader, reportAction(query.kind))) return false;
  const [theirs, ours] = [visibleOwners(reader), visibleOwners(poster)];
  return theirs === 'all' || (ours !== 'all' && ours.every((owner) => theirs.includes(owner)));
}

/** Who reads a channel; `more`: and others, whom nobody has asked about. */
export interface PeopleInChannel {
  readonly ids: readonly string[];
  readonly more: boolean;
}

/**
 * How many people of a channel see less than the poster, at least; whoever is not known sees nothing, and of those beyond
 * whom nobody has asked about one is taken to.
 */
export async function countBlind(
  ctx: Pick<Ctx, 'db' | 'actor'>,
  query: ReportQuery,
  { ids, more }: PeopleInChannel,
): Promise<number> {
  const readers = await listActors(ctx.db, ids);
  const seeing = readers.filter((reader) => seesAsMuch(reader, ctx.actor, query));
  return ids.length - seeing.length + (more ? 1 : 0);
}

/**
 * Has a report posted; the same form sent twice posts once. `people`: who is in the channel.
 * @throws DomainError access.denied, not_found, request.repeated
 */
export async function postReport(
  ctx: Ctx,
  query: ReportQuery,
  channel: ReportChannel,
  people: PeopleInChannel,
): Promise<{ blind: number }> {
  authorize(ctx.actor, 'report.post');
  authorize(ctx.actor, reportAction(query.kind));
  await findReportNames(ctx, query);
  const { company } = ctx;
  const channelId = channel === 'finance' ? company.financeChannelId : company.escalationChannelId;
  if (channelId === null) throw new DomainError('not_found', { ref: '' });
  const blind = await countBlind(ctx, query, people);
  const id = newId(ctx.now);
  await transact(ctx.db, async (tx) => {
    await claimRequest(tx, ctx, 'report.post', { reference: null, subjectType: 'report', subjectId: id });
    const after = { query, channel, numbers: blind === 0 };
    await recordAudit(tx, ctx, { action: 'report.posted', subjectType: 'report', subjectId: id, after });
    const payload = { userId: ctx.actor.id, query, numbers: blind === 0 };
    const to = { channel, otherwise: [] };
    await enqueue(tx, ctx, notice({ kind: 'report.posted', key: `report.posted:${id}`, to, payload }));
  });
  return { blind };
}
