// Sends one claimed row and writes down how it ended. Rendered now: fresh facts, the reader's language.
import type { SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { localDate, localTimeIn } from '../../domain/local-date.js';
import { toActor } from '../../domain/members/member.queries.js';
import { NOTICE_PAYLOADS, type NoticeKind } from '../../domain/notices/notice.js';
import { isOfTheMorning, isPatient } from '../../domain/notices/notice-hours.js';
import { bindLate } from '../../domain/reminders/digest.service.js';
import { dropPassed } from '../../domain/reminders/drop-reminders.service.js';
import { isQuiet, maySendNow, zoneOf } from '../../domain/reminders/send-times.js';
import type { User } from '../../generated/prisma/client.js';
import { translator } from '../../handlers/i18n/index.js';
import type { Logger } from '../../log.js';
import type { RenderCtx, Rendered } from '../notices/rendered.js';
import { loadFiles } from './attachments.js';
import { FileUnavailableError } from './download-file.js';
import { giveUp, sendToPeopleInstead } from './fallbacks.js';
import {
  type ClaimedRow,
  keepInDoubt,
  markSent,
  markSkipped,
  mergeRewrites,
  release,
  renewLease,
  revive,
  skipRewritesOf,
} from './outbox-rows.js';
import { type Outcome, outcomeOfRepeatable } from './outcome.js';
import { type Pacer, REWRITES } from './pacer.js';
import { endSearch, lookFor } from './search.js';
import type { SlackSender } from './slack-sender.js';
import { findTarget } from './target.js';
import type { Turns } from './turns.js';
import { fileOf } from './upload-files.js';

export interface DeliveryEnv {
  readonly db: Db;
  readonly slack: SlackSender;
  readonly log: Logger;
  readonly pacer: Pacer;
  readonly turns: Turns;
  readonly render: (ctx: RenderCtx, kind: string, payload: unknown) => Promise<Rendered | null>;
}

/** Attempts before a message is given up: with the back-off about half a day. */
export const MAX_ATTEMPTS = 20;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 3_600;
/** What waits for Slack to work again should not wait much longer. */
const LONGEST_OUTAGE_WAIT_SECONDS = 600;
/** A message that is on its way should be there by then. */
const DOUBT_SECONDS = 2;
/** Quiet hours are looked at again by then. */
const QUIET_SECONDS = 60;

/** Say nothing by themselves: without the card that they stand below (an imported receipt has none) they are not sent. */
const ANSWERS: readonly string[] = [
  'receipt.line',
  'receipt.vouchers',
  'reversal.line',
  'refund.line',
  'reallocation.line',
  'approval.question',
] satisfies NoticeKind[];

const backOffSeconds = (attempts: number): number =>
  Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempts - 1));

interface Anchor {
  readonly status: string;
  readonly channel: string | null;
  readonly ts: string | null;
}

/**
 * Sends, rewrites, skips or gives up one row. Never throws for what Slack answers. `onDoubt`: from here on it may be there,
 * or Slack has said that it is not.
 */
export async function deliverRow(
  env: DeliveryEnv,
  ctx: SystemCtx,
  claimed: ClaimedRow,
  onDoubt: (isPerhapsThere: boolean) => void,
): Promise<void> {
  let row = claimed;
  const anchor = row.anchorKey === null ? null : await findAnchor(env.db, row.anchorKey);
  if (row.op === 'update' && (anchor?.status !== 'sent' || anchor.ts === null || anchor.channel === null))
    return markSkipped(env.db, row, 'nothing to rewrite');
  if (row.op === 'post' && anchor?.status === 'failed' && row.attempts === 1 && row.anchorKey !== null) {
    // What it answers could not be posted then; perhaps it can now, and an answer alone says little.
    await revive(env.db, row.anchorKey);
    return release(env.db, row, 0, 'waits for its thread');
  }
  // Another answer has found the message gone, and had it posted anew, since this one was claimed.
  if (row.op === 'post' && (anchor?.status === 'pending' || anchor?.status === 'sending'))
    return release(env.db, row, 0, 'waits for its thread', false);
  // An answer goes to whoever asked as well, there also without the card.
  const isAnswer =
    ANSWERS.includes(row.kind) || (row.kind === 'approval.answer' && row.recipient === 'finance');
  if (row.op === 'post' && row.anchorKey !== null && anchor === null && isAnswer)
    return markSkipped(env.db, row, 'nothing to answer');
  const target = await findTarget(env, ctx, row);
  if ('kind' in target) return end(env, ctx, row, target, {});
  const thread = anchor?.status === 'sent' ? anchor : null;
  let channel = thread?.channel ?? target.channel;
  const { locale, user } = target;
  const pace = user === null ? channel : row.recipient;
  const inChannel = row.op === 'post' ? env.pacer.waitMs(pace, row.recipient) : 0;
  const wait = Math.max(inChannel, env.pacer.roomInMs());
  if (wait > 0 && !row.perhapsSent) return release(env.db, row, wait / 1000, 'one a second', false);
  if (row.op === 'post' && !row.perhapsSent && mustBeQuiet(ctx, row, user))
    return release(env.db, row, QUIET_SECONDS, 'quiet hours', false);

  // A digest is drawn once: drawing it drops what is not told any more, and it may have been told.
  if (row.perhapsSent && row.kind === 'digest' && user !== null) {
    const opened = await env.slack.openDm(user.slackUserId);
    if (opened.kind === 'retry') return endSearch(env, ctx, row, channel, opened);
    if (opened.kind !== 'open') return end(env, ctx, row, opened, { pace });
    const found = await lookFor(env, row, opened.channel, null, []);
    if (found.kind !== 'absent') return endSearch(env, ctx, row, opened.channel, found);
    await dropPassed(env.db, row.id);
    row = { ...row, perhapsSent: false };
  }
  if (row.op === 'update') await mergeRewrites(env.db, row);
  // What is there perhaps shows older facts: its rewrites come after it.
  else if (!row.perhapsSent) await skipRewritesOf(env.db, row.dedupeKey);
  const person = user && (await toActor(env.db, user));
  const rendered = await env.render({ ...ctx, locale, t: translator(locale), person }, row.kind, row.payload);
  // Whoever is out may still read their messages in Slack (a guest, by now): nothing of the company is written there.
  const isOut = user !== null && !user.active && rendered !== null;
  const refuse = () => end(env, ctx, row, { kind: 'refused', reason: 'not_a_member' }, {});
  if (row.op === 'update') {
    if (isOut) return markSkipped(env.db, row, 'not a member any more');
    if (rendered === null || !thread?.ts) return markSkipped(env.db, row, 'nothing left to tell');
    const turn = await env.turns.take(row, REWRITES);
    if (turn === 'lost') return;
    if (turn !== 'taken') return release(env.db, row, turn / 1000, 'so many a minute', false);
    const outcome = await env.slack.update({ channel, ts: thread.ts, ...rendered });
    return end(env, ctx, row, outcome, { pace: REWRITES, thread: thread.channel });
  }
  if (isOut && !row.perhapsSent) return refuse();
  const kept = await loadFiles(env.db, env.slack, rendered?.attachmentIds ?? []).catch((error: unknown) => {
    if (error instanceof FileUnavailableError) return outcomeOfRepeatable(error);
    throw error;
  });
  if ('kind' in kept) return end(env, ctx, row, kept, {});
  const files = [...(rendered?.files ?? []).map(({ name, data }) => fileOf(name, data)), ...kept];
  if (channel === user?.slackUserId && (row.perhapsSent || files.length > 0)) {
    // Only a message may be posted to a person's id.
    const opened = await env.slack.openDm(channel);
    if (opened.kind === 'retry' && row.perhapsSent) return endSearch(env, ctx, row, channel, opened);
    if (opened.kind !== 'open') return end(env, ctx, row, opened, { pace });
    channel = opened.channel;
  }
  if (row.perhapsSent) {
    const found = await lookFor(env, row, channel, thread?.ts ?? null, files);
    if (found.kind !== 'absent') return endSearch(env, ctx, row, channel, found);
    row = { ...row, perhapsSent: false };
    if (isOut) return refuse();
  }
  if (rendered === null)
    return markSkipped(env.db, row, 'nothing left to tell', (tx) => afterSkip(tx, ctx, row));
  // Rendering, files and the rows before this one took their time.
  const turn = await env.turns.take(row, pace);
  if (turn === 'lost') return;
  if (turn !== 'taken') return release(env.db, row, turn / 1000, 'so many a minute', false);
  onDoubt(true);
  const threadTs = thread?.ts ?? null;
  const outcome =
    files.length > 0
      ? await env.slack.upload({
          channel,
          threadTs,
          text: rendered.text,
          files,
          renew: () => renewLease(env.db, row),
        })
      : await env.slack.post({
          channel,
          threadTs,
          text: rendered.text,
          blocks: rendered.blocks,
          noticeId: row.id,
          broadcast: rendered.broadcast ?? false,
        });
  if (outcome.kind !== 'sent' && outcome.kind !== 'ambiguous') onDoubt(false);
  return end(env, ctx, row, outcome, { pace, thread: thread?.channel });
}

/** What a digest of an earlier day did not tell is told today. */
async function afterSkip(tx: Tx, ctx: SystemCtx, { kind, payload }: ClaimedRow): Promise<void> {
  if (kind !== 'digest') return;
  const { userId, date } = NOTICE_PAYLOADS.digest.parse(payload);
  await bindLate(tx, ctx, userId, localDate(date));
}

/**
 * What nobody did but the clock waits for the end of a person's quiet hours, and what the company's morning makes for the
 * hours of who lives in another zone (rules §7).
 */
function mustBeQuiet({ now, company }: SystemCtx, { kind, payload }: ClaimedRow, user: User | null): boolean {
  if (user === null) return false;
  const zone = zoneOf(user, company);
  if (isPatient(kind, payload) && isQuiet(localTimeIn(now, zone), user)) return true;
  return zone !== company.timezone && isOfTheMorning(kind, payload) && !maySendNow(now, user, company);
}

function findAnchor(db: Db, dedupeKey: string): Promise<Anchor | null> {
  return db.outbox.findUnique({ where: { dedupeKey }, select: { status: true, channel: true, ts: true } });
}

/** What a row answers or rewrites is posted again: a rewrite is done by that, an answer waits for its thread. */
async function postAnew(env: DeliveryEnv, row: ClaimedRow): Promise<void> {
  if (row.anchorKey !== null) await revive(env.db, row.anchorKey);
  return row.op === 'update'
    ? markSkipped(env.db, row, 'posted anew')
    : release(env.db, row, 0, 'waits for its thread');
}

/** `pace`: what it was sent as; `thread`: the channel of the message that it answered or rewrote. */
async function end(
  env: DeliveryEnv,
  ctx: SystemCtx,
  row: ClaimedRow,
  outcome: Outcome,
  { pace, thread }: { pace?: string; thread?: string | null | undefined },
): Promise<void> {
  if (outcome.kind === 'sent') return markSent(env.db, row, outcome.channel, outcome.ts);
  const { reason } = outcome;
  const facts = { outboxId: row.id, kind: row.kind, attempts: row.attempts, reason };
  env.log.warn(facts, `not sent: ${outcome.kind}`);
  const isLast = row.attempts >= MAX_ATTEMPTS;
  switch (outcome.kind) {
    case 'retry': {
      const limited = outcome.afterSeconds !== null;
      const longest = outcome.theirs ? LONGEST_OUTAGE_WAIT_SECONDS : LONGEST_WAIT_SECONDS;
      const seconds = outcome.afterSeconds ?? Math.min(longest, backOffSeconds(row.attempts));
      if (limited && pace !== undefined) await env.turns.pause(pace, seconds * 1000);
      if (isLast && !limited && !outcome.theirs)
        return giveUp(ctx, row, row.perhapsSent ? 'unknown' : 'failed', reason);
      // Not this time, but perhaps an earlier one.
      return row.perhapsSent
        ? keepInDoubt(env.db, row, seconds, reason)
        : release(env.db, row, seconds, reason, !limited);
    }
    case 'ambiguous':
      return isLast
        ? giveUp(ctx, row, 'unknown', reason)
        : keepInDoubt(env.db, row, Math.max(DOUBT_SECONDS, backOffSeconds(row.attempts) / 4), reason);
    case 'unreachable': {
      const { recipient } = row;
      if (recipient !== 'finance' && recipient !== 'escalation') return giveUp(ctx, row, 'failed', reason);
      const channelId =
        recipient === 'finance' ? ctx.company.financeChannelId : ctx.company.escalationChannelId;
      if (thread !== undefined && row.op === 'update' && thread !== channelId)
        return markSkipped(env.db, row, 'in a channel that is no longer used');
      // The channel of its thread is lost: what it answers is posted anew, where its kind goes today.
      return thread !== undefined && row.op === 'post' && row.attempts <= 2
        ? postAnew(env, row)
        : sendToPeopleInstead(ctx, row, recipient, channelId, reason);
    }
    case 'gone':
      return row.anchorKey === null || row.attempts > 2
        ? giveUp(ctx, row, 'failed', reason)
        : postAnew(env, row);
    case 'refused':
      env.log.error(facts, 'Slack refuses this message as it is');
      return giveUp(ctx, row, 'failed', reason);
  }
}
