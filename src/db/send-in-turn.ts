// Large statements one after the other: each is written while the database carries out the one before, which takes both
// about as long.
import { setImmediate } from 'node:timers/promises';
import type { Prisma } from '../generated/prisma/client.js';
import type { Tx } from './client.js';

/** Writes a statement; null where there is nothing to send. */
export type Statement = () => Prisma.Sql | null;

/** Sends all of them in this order; when it returns or throws, nothing goes on. */
export async function sendInTurn(tx: Tx, statements: readonly Statement[]): Promise<void> {
  let sending: Promise<unknown> = Promise.resolve();
  try {
    for (const write of statements) {
      // The one before leaves this process first.
      await setImmediate();
      const sql = write();
      await sending;
      if (sql === null) continue;
      sending = tx.$executeRaw(sql);
      // Met where it is waited for.
      sending.catch(() => {});
    }
  } finally {
    await sending;
  }
}
