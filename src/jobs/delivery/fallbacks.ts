// What happens to a message that cannot go where it should: DMs in place of a channel, and telling people who can help.
// Everything is an outbox row again, with a key, so that nothing is told twice.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { newId } from '../../domain/ids.js';
import { listHolders } from '../../domain/members/member.queries.js';
import { NOTICE_PAYLOADS, notice } from '../../domain/notices/notice.js';
import { enqueue, personalKey } from '../../domain/notices/outbox.service.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type ClaimedRow, markEnded } from './outbox-rows.js';

// A failed report about a failure would report itself for ever.
const ABOUT_FAILURES = ['delivery.gave_up', 'channel.unreachable'];

const MONEY = ['receipt', 'unclaimed', 'reversal', 'refund', 'reallocation', 'adjustment'];

/**
 * The message ends here: its row says why, the admins and the finance channel are told. Somebody whom nothing reaches for
 * the same reason is told of once, until something has reached them again; the channel of each message about money.
 */
export async function giveUp(
  ctx: SystemCtx,
  row: ClaimedRow,
  status: 'failed' | 'unknown',
  reason: string,
): Promise<void> {
  await transact(ctx.db, async (tx) => {
    if (!(await markEnded(tx, row, status, reason))) return;
    if (ABOUT_FAILURES.includes(row.kind)) return;
    const payload = { outboxId: row.id };
    const key = `delivery.gave_up:${row.id}`;
    const ofPerson = status === 'failed' && row.recipient.startsWith('user:');
    const adminKey = ofPerson
      ? `delivery.gave_up:${row.recipient}:${reason}:${await lastSentTo(tx, row.recipient)}`
      : key;
    const admins = (await listHolders(tx, 'admin')).filter((admin) => row.recipient !== `user:${admin.id}`);
    const told = admins.map((admin) =>
      notice({
        kind: 'delivery.gave_up',
        key: personalKey(adminKey, admin.id),
        to: { user: admin.id },
        payload,
      }),
    );
    // Of money, and of what nobody knows about, each (rules §4 no. 7); of the rest as the admins.
    const isEach = status === 'unknown' || MONEY.some((subject) => row.kind.startsWith(`${subject}.`));
    const toFinance = row.recipient !== 'finance';
    const channel = notice({
      kind: 'delivery.gave_up',
      key: isEach ? key : adminKey,
      to: { channel: 'finance', otherwise: [] },
      payload,
    });
    await enqueue(tx, ctx, ...told, ...(toFinance ? [channel] : []));
  });
}

/**
 * The last message that arrived there; nothing if none ever did. Of a channel without answers: they go where their thread
 * is, which need not be the channel of today.
 */
async function lastSentTo(tx: Tx, recipient: string): Promise<string> {
  const roots = recipient.startsWith('user:') ? Prisma.empty : Prisma.sql`AND anchor_key IS NULL`;
  const [last] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM outbox WHERE recipient = ${recipient} AND status = 'sent' ${roots} ORDER BY id DESC LIMIT 1`;
  return last?.id ?? '';
}

/**
 * A channel message as one DM a person; the admins are told once that the channel cannot be reached, until something has
 * reached it again.
 */
export async function sendToPeopleInstead(
  ctx: SystemCtx,
  row: ClaimedRow,
  channel: 'finance' | 'escalation',
  channelId: string | null,
  reason: string,
): Promise<void> {
  await transact(ctx.db, async (tx) => {
    if (!(await markEnded(tx, row, 'failed', reason))) return;
    const people = row.op === 'post' ? await peopleOf(tx, row, channel) : [];
    await tx.outbox.createMany({
      data: people.map((userId) => ({
        id: newId(ctx.now),
        op: 'post',
        kind: row.kind,
        dedupeKey: personalKey(row.dedupeKey, userId),
        anchorKey: row.anchorKey && personalKey(row.anchorKey, userId),
        payload: row.payload as Prisma.InputJsonObject,
        recipient: `user:${userId}`,
        priority: row.priority,
        createdAt: ctx.now,
      })),
      skipDuplicates: true,
    });
    if (channelId === null) return;
    const admins = await listHolders(tx, 'admin');
    const key = `channel.unreachable:${channel}:${channelId}:${await lastSentTo(tx, channel)}`;
    await enqueue(
      tx,
      ctx,
      ...admins.map((admin) =>
        notice({
          kind: 'channel.unreachable',
          key: personalKey(key, admin.id),
          to: { user: admin.id },
          payload: { channel },
        }),
      ),
    );
  });
}

/** Finance people; or whom the case asks, the sales directors where it asks nobody. */
async function peopleOf(tx: Tx, row: ClaimedRow, channel: 'finance' | 'escalation'): Promise<string[]> {
  // Posted for that channel alone; what all is told of is for whoever sees all.
  if (row.kind === 'report.posted') return [];
  if (row.kind === 'report.monday') return (await listHolders(tx, 'sales_director')).map((one) => one.id);
  if (channel === 'finance')
    return (await listHolders(tx, 'finance', 'finance_manager')).map((one) => one.id);
  const ofCase = NOTICE_PAYLOADS['case.card'].safeParse(row.payload);
  const ofDay = NOTICE_PAYLOADS['case.summary'].safeParse(row.payload);
  const where = ofCase.success
    ? { id: ofCase.data.caseId }
    : { closedOn: null, ...(ofDay.success && { raisedOn: new Date(ofDay.data.date) }) };
  const cases = await tx.escalationCase.findMany({ where, select: { recipientIds: true } });
  const asked = [...new Set(cases.flatMap((found) => found.recipientIds))];
  return asked.length > 0 ? asked : (await listHolders(tx, 'sales_director')).map((one) => one.id);
}
