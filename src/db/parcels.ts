// Large texts on their way to a statement. The client writes each parameter as JSON and reads it again, several times over:
// of a megabyte of rows that is most of its work. So it only carries a ticket, and the text itself goes from here to the
// driver.
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';

/** Nobody who types a text knows a ticket: it is said in this process alone. */
const SECRET = `\x01parcel:${randomUUID()}:`;
/** Longer than any transaction may last: what was not called for by then never will be. */
const KEPT_MS = 10 * 60 * 1_000;

const waiting = new Map<string, { text: string; since: number }>();
let handedOut = 0;

/** A ticket for this text, as a parameter of one statement that is sent soon. */
export function parcel(text: string): string {
  const now = performance.now();
  // The oldest come first. A statement that failed before it was sent leaves its parcel behind.
  for (const [ticket, { since }] of waiting) {
    if (now - since < KEPT_MS) break;
    waiting.delete(ticket);
  }
  handedOut += 1;
  const ticket = SECRET + handedOut;
  waiting.set(ticket, { text, since: now });
  return ticket;
}

function unpack(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(SECRET)) return value;
  const found = waiting.get(value);
  if (!found) throw new RangeError('A parcel is called for twice');
  waiting.delete(value);
  return found.text;
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Queryable = Pick<Adapter, 'queryRaw' | 'executeRaw'>;
type Query = Parameters<Adapter['executeRaw']>[0];

/** The same connection, which takes tickets for what they stand for. */
function unpacking<T extends Queryable>(connection: T): T {
  const query = connection.queryRaw.bind(connection);
  const execute = connection.executeRaw.bind(connection);
  const opened = (asked: Query): Query => ({ ...asked, args: asked.args.map(unpack) });
  return Object.assign(connection, {
    queryRaw: (asked: Query) => query(opened(asked)),
    executeRaw: (asked: Query) => execute(opened(asked)),
  });
}

/** The adapter of the driver, with parcels. */
export class ParcelAdapter extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = unpacking(await super.connect());
    const start = adapter.startTransaction.bind(adapter);
    return Object.assign(adapter, {
      startTransaction: async (...level: Parameters<typeof start>) => unpacking(await start(...level)),
    });
  }
}
