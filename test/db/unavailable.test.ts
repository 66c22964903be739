import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { isUnavailable, isUniqueViolation, transact } from '../../src/db/transact.js';
import { startProxy } from '../support/cuttable-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const { engine } = inject('testDatabase');
const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.close();
});

function later<T extends { close: () => Promise<void> }>(resource: T): T {
  opened.push(resource);
  return resource;
}

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('isUnavailable', () => {
  test('when nobody listens', async () => {
    await expect(openDatabase({ databaseUrl: 'postgresql://x@127.0.0.1:1/x' })).rejects.toSatisfy(
      isUnavailable,
    );
  });

  test('when the server hangs up', async () => {
    const proxy = later(await startProxy('127.0.0.1', 1));
    proxy.cut();
    const url = `postgresql://x@127.0.0.1:${proxy.port}/x`;
    await expect(openDatabase({ databaseUrl: url })).rejects.toSatisfy(isUnavailable);
  });

  test('when all sessions stay taken', async () => {
    const { db } = later(await createTestDatabase({ alone: true }));
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const holders = Array.from({ length: engine === 'embedded' ? 1 : 10 }, () =>
      transact(db.prisma, async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        await released;
      }),
    );
    await sleep(300);
    const error = await caught(transact(db.prisma, async () => 1, { maxWaitMs: 100 }));
    release();
    await Promise.all(holders);
    expect(error).toSatisfy(isUnavailable);
    expect(await transact(db.prisma, async () => 1)).toBe(1);
  });

  test('after the database was closed', async () => {
    const { db } = later(await createTestDatabase({ alone: true }));
    await db.close();
    expect(await caught(db.ping())).toSatisfy(isUnavailable);
    expect(await caught(db.prisma.jobRun.count())).toSatisfy(isUnavailable);
  });

  test('is false for a mistake in the request', async () => {
    const { db } = later(await createTestDatabase({ alone: true }));
    const syntax = await caught(db.prisma.$executeRawUnsafe('SELEKT 1'));
    expect(syntax).toBeInstanceOf(Error);
    for (const error of [syntax, new Error('no'), undefined, { code: 'P2002' }]) {
      expect(isUnavailable(error)).toBe(false);
      expect(isUniqueViolation(error, 'x')).toBe(false);
    }
  });
});

// The embedded engine has no network to lose.
if (engine === 'postgres') {
  async function openThroughProxy(fresh: TestDatabase) {
    if (!('databaseUrl' in fresh.target)) throw new Error('not a server');
    const url = new URL(fresh.target.databaseUrl);
    const proxy = later(await startProxy(url.hostname, Number(url.port)));
    url.port = String(proxy.port);
    return { proxy, db: later(await openDatabase({ databaseUrl: url.toString() })) };
  }

  describe('a network that goes away', () => {
    test('fails queries as unavailable, and works again when it is back', async () => {
      const { proxy, db } = await openThroughProxy(later(await createTestDatabase({ alone: true })));
      expect(await db.prisma.jobRun.count()).toBe(0);
      proxy.cut();
      expect(await caught(db.prisma.jobRun.count())).toSatisfy(isUnavailable);
      expect(await caught(db.prisma.$queryRaw`SELECT 1`)).toSatisfy(isUnavailable);
      expect(await caught(db.ping())).toSatisfy(isUnavailable);
      proxy.restore();
      await db.ping();
      expect(await db.prisma.jobRun.count()).toBe(0);
    });

    test('fails a transaction in its middle and at its start, and leaves nothing behind', async () => {
      const fresh = later(await createTestDatabase({ alone: true }));
      const { proxy, db } = await openThroughProxy(fresh);
      const data = {
        id: '00000000-0000-7000-8000-000000000001',
        job: 'probe',
        slot: 's',
        startedAt: new Date(0),
      };
      const middle = transact(db.prisma, async (tx) => {
        await tx.jobRun.create({ data });
        proxy.cut();
        await tx.jobRun.count();
      });
      expect(await caught(middle)).toSatisfy(isUnavailable);
      expect(await caught(transact(db.prisma, (tx) => tx.jobRun.count()))).toSatisfy(isUnavailable);
      proxy.restore();
      expect(await transact(db.prisma, (tx) => tx.jobRun.count())).toBe(0);
    });

    test('a backend ended by the administrator is unavailable, not a mistake', async () => {
      const { db } = later(await createTestDatabase({ alone: true }));
      const work = transact(db.prisma, async (tx) => {
        const rows = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await db.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
        await tx.$queryRaw`SELECT 1`;
      });
      expect(await caught(work)).toSatisfy(isUnavailable);
    });
  });
}
