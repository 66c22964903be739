// Messages that did not arrive, as an admin's Home lists them. Reads only; of admins alone.
import type { Ctx } from '../../ctx.js';

/** One of them; `to`: a channel of the company, or a person's name. */
interface FailedMessage {
  readonly kind: string;
  readonly to: { readonly channel: string } | { readonly name: string };
  readonly reason: string | null;
  readonly at: Date;
  /** Nobody knows whether it arrived. */
  readonly unknown: boolean;
}

export interface FailedMessages {
  readonly newest: readonly FailedMessage[];
  readonly total: number;
}

const DAYS = 30;
const SHOWN = 3;

/** Of the last thirty days; what is older nobody can mend. */
export async function findFailed(ctx: Ctx): Promise<FailedMessages> {
  const { db, now } = ctx;
  const where = {
    status: { in: ['failed' as const, 'unknown' as const] },
    createdAt: { gte: new Date(now.getTime() - DAYS * 86_400_000) },
  };
  const [total, rows] = await Promise.all([
    db.outbox.count({ where }),
    db.outbox.findMany({ where, orderBy: { id: 'desc' }, take: SHOWN }),
  ]);
  const ids = rows.flatMap(({ recipient }) => personIn(recipient) ?? []);
  const people = await db.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const newest = rows.map(({ kind, recipient, lastError, createdAt, status }): FailedMessage => {
    const id = personIn(recipient);
    const to = id === null ? { channel: recipient } : { name: names.get(id) ?? '—' };
    return { kind, to, reason: lastError, at: createdAt, unknown: status === 'unknown' };
  });
  return { newest, total };
}

const personIn = (recipient: string): string | null =>
  recipient.startsWith('user:') ? recipient.slice('user:'.length) : null;
