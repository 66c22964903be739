// Backup and restore (F102): what is restored is every row as it was, on the same engine and on the other one, made while
// others write; and what cannot be restored changes nothing.
import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { seedDemo } from '../../prisma/seed.js';
import { type BackupFile, writeBackup } from '../../src/backup/backup-file.js';
import { restoreBackup } from '../../src/backup/restore.js';
import { openConnections, openDatabase } from '../../src/db/client.js';
import { DataDirInUseError } from '../../src/db/data-dir-lock.js';
import { findMigrationsDir } from '../../src/db/migrate.js';
import { sealAudit } from '../../src/domain/audit-seal.service.js';
import { todayIn } from '../../src/domain/local-date.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';
import { runBackupCommand } from '../../src/jobs/backup-cli.js';
import { runRestoreCommand } from '../../src/jobs/restore-cli.js';
import { createEmptyTarget, createTestDatabase, type TestDatabase } from '../support/database.js';
import { randomFrom } from '../support/random.js';
import { contentsOf, schemaOf } from '../support/table-contents.js';

const { engine } = inject('testDatabase');
const NOW = new Date('2026-11-26T03:04:05Z');
const never = async () => false;
/** Each new embedded database takes seconds. */
const SLOW = { timeout: 120_000 };

let source: TestDatabase;
let dir: string;
let made: BackupFile;
let before: Record<string, string[]>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huikuan-backup-'));
  source = await createTestDatabase();
  const { prisma, pool } = source.db;
  await seedDemo(prisma, NOW);
  await addOddities();
  const company = await loadCompany(prisma, NOW);
  const ctx = { db: prisma, now: NOW, company, today: todayIn(NOW, company.timezone) };
  expect(await sealAudit(ctx)).toBeGreaterThan(20);
  before = await contentsOf(pool);
  made = await backUp('first.jsonl.gz');
}, 120_000);
afterAll(async () => {
  await source.close();
  await rm(dir, { recursive: true });
});

const backUp = (name: string): Promise<BackupFile> =>
  writeBackup({ pool: source.db.pool, engine, now: NOW }, join(dir, name));

/** Values that a careless way through text would change. */
async function addOddities(): Promise<void> {
  const { prisma, pool } = source.db;
  const user = await prisma.user.findFirstOrThrow();
  const file = (bytes: Uint8Array<ArrayBuffer> | null) => ({
    id: randomUUID(),
    ownerType: 'receipt',
    ownerId: randomUUID(),
    slackFileId: randomUUID(),
    name: '凭证 "a\\b"\n\t|,\u{1F4B0}\\N.png',
    mime: 'image/png',
    size: bytes?.length ?? 0,
    sha256: null,
    bytes,
    createdAt: NOW,
    createdById: user.id,
  });
  const all = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
  await prisma.attachment.createMany({ data: [file(all), file(new Uint8Array()), file(null)] });
  await prisma.counter.create({ data: { key: '', period: '\\', value: 9_223_372_036_854_775_807n } });
  await pool.query(
    `INSERT INTO job_run (id, job, slot, started_at, detail) VALUES
       (gen_random_uuid(), 'null of jsonb', 'a', '0044-03-15 12:00:00.001 BC', 'null'),
       (gen_random_uuid(), 'null of sql', 'a', 'infinity', NULL),
       (gen_random_uuid(), 'numbers', 'a', now(), '{"n": 12345678901234567890.10, "s": "\\u00e9\\n", "a": [null, []]}')`,
  );
  await pool.query(
    `UPDATE customer SET related_payers = $1 WHERE id = (SELECT id FROM customer ORDER BY id LIMIT 1)`,
    [['', 'NULL', '{"a"}', 'x,y', '\\']],
  );
  await pool.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, started_at, rolled_back_at)
     VALUES ('rolled back', 'x', '20200101000000_tried', E'it\\nfailed', now(), now())`,
  );
}

async function restoredInto(
  kind: 'embedded' | 'postgres',
  file: string,
  look: (pool: Pool) => Promise<void>,
): Promise<void> {
  const { target, remove } = await createEmptyTarget(kind);
  try {
    await restoreBackup({ dataDir: './none', ...target, file, mayReplace: never });
    const { pool, close } = await openConnections({ ...target, durable: false });
    try {
      await look(pool);
    } finally {
      await close();
    }
  } finally {
    await remove();
  }
}

/** Every row of every table, the schema whole, and what is append-only still is. */
async function expectAsBefore(pool: Pool): Promise<void> {
  expect(await contentsOf(pool)).toEqual(before);
  expect(await schemaOf(pool)).toEqual(await schemaOf(source.db.pool));
  await expect(pool.query('DELETE FROM audit_log')).rejects.toThrow();
}

describe('a backup', SLOW, () => {
  test('is one file that its owner alone may read, and nothing beside it', async () => {
    expect((await stat(made.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['first.jsonl.gz']);
    expect(made.rows).toBe(
      Object.entries(before).reduce((sum, [name, rows]) => sum + (name === 'sequences' ? 0 : rows.length), 0),
    );
  });

  if (engine === 'postgres') {
    test('moves house: to the embedded engine, and from there back', async () => {
      await restoredInto('embedded', made.path, async (pool) => {
        expect(await contentsOf(pool)).toEqual(before);
        const back = await writeBackup({ pool, engine: 'embedded', now: NOW }, join(dir, 'back.jsonl.gz'));
        await restoredInto('postgres', back.path, expectAsBefore);
      });
    });
  }

  test('made while others write is of one moment: every row as it was after one of their transactions', async () => {
    const { pool } = source.db;
    const rows = 12_000;
    await pool.query('CREATE TABLE snapshot_probe (n int, v int, pad text)');
    await pool.query(
      `INSERT INTO snapshot_probe SELECT n, 0, repeat('x', 80) FROM generate_series(1, ${rows}) n`,
    );
    // What the table is after each of them: changed, deleted and added in one transaction, counted in another table.
    const chance = randomFrom(20261126);
    const anyRow = () => Math.floor(chance() * rows) + 1;
    const done: { changed: number; deleted: number; added: number }[] = [];
    let stop = false;
    let begun = () => {};
    const first = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const write = async () => {
      while (!stop) {
        const [changed, deleted] = [anyRow(), anyRow()] as const;
        const added = rows + done.length + 1;
        await pool.query(
          `WITH u AS (UPDATE snapshot_probe SET v = v + 1 WHERE n = ${changed}),
                d AS (DELETE FROM snapshot_probe WHERE n = ${deleted} AND n <> ${changed}),
                i AS (INSERT INTO snapshot_probe VALUES (${added}, 1, ''))
           INSERT INTO counter (key, period, value) VALUES ('probe', '', 1)
           ON CONFLICT (key, period) DO UPDATE SET value = counter.value + 1`,
        );
        done.push({ changed, deleted, added });
        begun();
        // Pages are tidied, and used again for other rows, meanwhile too.
        if (done.length % 20 === 0) await pool.query('VACUUM snapshot_probe');
      }
    };
    const writing = write();
    await Promise.race([first, writing]);
    const busy = await backUp('busy.jsonl.gz');
    stop = true;
    await writing;
    await pool.query('DROP TABLE snapshot_probe');
    await pool.query(`DELETE FROM counter WHERE key = 'probe'`);
    const lines = gunzipSync(await readFile(busy.path))
      .toString()
      .split('\n');
    const section = (table: string) => {
      const start = lines.indexOf(JSON.stringify({ table })) + 1;
      const end = lines.findIndex((line, at) => at >= start && !line.startsWith('['));
      return lines.slice(start, end).map((line): string[] => JSON.parse(line));
    };
    const count = Number(section('counter').find(([key]) => key === 'probe')?.[2] ?? 0);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(done.length);
    const expected = new Map(Array.from({ length: rows }, (_, index) => [index + 1, 0]));
    for (const { changed, deleted, added } of done.slice(0, count)) {
      const value = expected.get(changed);
      if (value !== undefined) expected.set(changed, value + 1);
      if (deleted !== changed) expected.delete(deleted);
      expected.set(added, 1);
    }
    const found = section('snapshot_probe').map(([n, v]): [number, number] => [Number(n), Number(v)]);
    expect(found.length).toBe(expected.size);
    expect(new Map(found)).toEqual(expected);
    // They got their turns while it was made: on the one session of the embedded engine in between, on a server beside it,
    // however busy the machine is. The last one may have ended after it.
    if (engine === 'embedded') expect(done.length).toBeGreaterThan(20);
    else expect(done.length - 1).toBeGreaterThan(count);
  });
});

describe('a restore refuses, and leaves the place as it was,', SLOW, () => {
  /** A backup changed by hand, with a checksum that fits again. */
  async function forge(name: string, change: (lines: string[]) => string[]): Promise<string> {
    const lines = change(
      gunzipSync(await readFile(made.path))
        .toString()
        .trimEnd()
        .split('\n'),
    );
    const body = lines.slice(0, -1).map((line) => `${line}\n`);
    const sha256 = createHash('sha256').update(body.join('')).digest('hex');
    const end = { ...JSON.parse(lines.at(-1) ?? ''), sha256 };
    const path = join(dir, name);
    await writeFile(path, gzipSync(`${body.join('')}${JSON.stringify(end)}\n`));
    return path;
  }

  async function refused(file: string): Promise<unknown> {
    const { target, remove } = await createEmptyTarget();
    try {
      const error: unknown = await restoreBackup({
        dataDir: './none',
        ...target,
        file,
        mayReplace: never,
      }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if ('dataDir' in target) expect(await readdir(target.dataDir)).toEqual([]);
      else {
        const { pool, close } = await openConnections(target);
        expect(await contentsOf(pool)).toEqual({ sequences: [] });
        await close();
      }
      return error;
    } finally {
      await remove();
    }
  }

  test('a damaged file, wherever the damage is', async () => {
    const bytes = await readFile(made.path);
    const damagedFile = join(dir, 'damaged.jsonl.gz');
    for (const at of [0.1, 0.5, 0.95]) {
      const changed = Buffer.from(bytes);
      const index = Math.floor(bytes.length * at);
      changed.writeUInt8((changed.readUInt8(index) + 1) % 256, index);
      await writeFile(damagedFile, changed);
      expect(await refused(damagedFile)).toMatchObject({ reason: 'damaged' });
    }
    await writeFile(damagedFile, bytes.subarray(0, bytes.length / 2));
    expect(await refused(damagedFile)).toMatchObject({ reason: 'damaged' });
    // Whole for gunzip: only the checksum and the counts tell.
    const text = gunzipSync(bytes).toString();
    await writeFile(damagedFile, gzipSync(text.replace('凭证', '凭正')));
    expect(await refused(damagedFile)).toMatchObject({ reason: 'damaged' });
    await writeFile(damagedFile, gzipSync(text.slice(0, text.lastIndexOf('{"end"'))));
    expect(await refused(damagedFile)).toMatchObject({ reason: 'damaged' });
    await writeFile(damagedFile, gzipSync('{"some": "other file"}\n'));
    expect(await refused(damagedFile)).toMatchObject({ reason: 'no_backup' });
  });

  test('a newer format, a newer schema, a schema that is not this one', async () => {
    const header = (
      change: (header: { version: number; migrations: { name: string; checksum: string }[] }) => void,
    ) =>
      forge('forged.jsonl.gz', ([first = '', ...rest]) => {
        const facts = JSON.parse(first);
        change(facts);
        return [JSON.stringify(facts), ...rest];
      });
    const nextFormat = await header((facts) => {
      facts.version += 1;
    });
    expect(await refused(nextFormat)).toMatchObject({ reason: 'newer' });
    const newer = { name: '99990101000000_later', checksum: 'x' };
    expect(await refused(await header(({ migrations }) => void migrations.push(newer)))).toMatchObject({
      reason: 'newer',
    });
    const changed = await header(({ migrations: [one] }) => {
      if (one) one.checksum = 'other';
    });
    expect(await refused(changed)).toMatchObject({ reason: 'schema' });
  });

  test('what fails half-way: a row that belongs to nothing', async () => {
    const orphan = await forge('orphan.jsonl.gz', (lines) => {
      const start = lines.indexOf('{"table":"instalment"}') + 1;
      const row: unknown[] = JSON.parse(lines[start] ?? '');
      const contract = lines[0]
        ? JSON.parse(lines[0]).tables.find((t: { name: string }) => t.name === 'instalment')
        : null;
      row[contract.columns.indexOf('contract_id')] = randomUUID();
      return lines.with(start, JSON.stringify(row));
    });
    expect(await refused(orphan)).toMatchObject({
      message: expect.stringContaining('instalment_contract_id_fkey'),
    });
  });
});

describe('the commands', SLOW, () => {
  const said: string[] = [];
  const print = (line: string) => said.push(line);
  const envOf = (target: TestDatabase['target']): Record<string, string> => ({
    BACKUP_DIR: join(dir, 'kept'),
    ...('dataDir' in target ? { DATA_DIR: target.dataDir } : { DATABASE_URL: target.databaseUrl }),
  });

  test('restore every row, back up, check, refuse what is in use or has data, and replace it after its name was typed', async () => {
    const { target, remove } = await createEmptyTarget();
    const env = envOf(target);
    const name = 'dataDir' in target ? target.dataDir : new URL(target.databaseUrl).pathname.slice(1);
    try {
      expect(await runRestoreCommand([made.path], env, print)).toBe(0);
      expect(said.join('\n')).toMatch(
        /Restored \d+ rows as of 2026-11-26T03:04:05.000Z\.\nThe audit trail is intact/,
      );
      const open = await openDatabase({ ...target, durable: false });
      await expectAsBefore(open.pool);
      await open.prisma.counter.create({ data: { key: 'more', period: '', value: 1n } });
      const inUse = runRestoreCommand([made.path, '--replace'], env, print, async () => name);
      await expect(inUse).rejects.toThrow(
        engine === 'embedded' ? DataDirInUseError : /is in use: \d+ other connections/,
      );
      await open.close();
      await expect(runRestoreCommand([made.path], env, print)).rejects.toThrow(/has data/);
      await expect(
        runRestoreCommand([made.path, '--replace'], env, print, async () => 'yes'),
      ).rejects.toThrow(/Nothing was changed/);
      expect(await runBackupCommand([], env, print)).toBe(0);
      const [kept = ''] = await readdir(join(dir, 'kept'));
      expect(kept).toMatch(/^huikuan-\d{8}-\d{6}\.jsonl\.gz$/);
      said.length = 0;
      expect(await runBackupCommand(['--check', join(dir, 'kept', kept)], env, print)).toBe(0);
      expect(said).toContain(`  counter ${(before.counter?.length ?? 0) + 1}`);
      expect(await runRestoreCommand([made.path, '--replace'], env, print, async () => name)).toBe(0);
      const { pool, close } = await openConnections({ ...target, durable: false });
      expect(await contentsOf(pool)).toEqual(before);
      await close();
      if ('dataDir' in target)
        expect((await readdir(target.dataDir)).toSorted()).toEqual(['pg', 'pg.before-restore-of-2026-11-26']);
    } finally {
      await remove();
    }
  });

  test('bring a backup of an older schema up to this one', async () => {
    const older = join(dir, 'older');
    const all = (await readdir(findMigrationsDir(), { withFileTypes: true })).filter((one) =>
      one.isDirectory(),
    );
    for (const { name } of all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, -3))
      await cp(join(findMigrationsDir(), name), join(older, name), { recursive: true });
    const [from, to] = [await createEmptyTarget(), await createEmptyTarget()];
    try {
      const old = await openDatabase({ ...from.target, migrationsDir: older, durable: false });
      await old.pool.query(`INSERT INTO counter (key, period, value) VALUES ('old', '', 7)`);
      await old.pool.query(
        `INSERT INTO app_user (id, slack_user_id, name, locale, timezone, roles, created_at, updated_at)
         VALUES (gen_random_uuid(), 'U_OLD', 'old', 'en', 'Asia/Shanghai', '{admin}', now(), now())`,
      );
      const file = join(dir, 'older.jsonl.gz');
      await writeBackup({ pool: old.pool, engine, now: NOW }, file);
      await old.close();
      expect(await runRestoreCommand([file], envOf(to.target), print)).toBe(0);
      const { pool, prisma, close } = await openDatabase({ ...to.target, durable: false });
      expect(await prisma.counter.findMany()).toMatchObject([{ key: 'old', value: 7n }]);
      expect(await prisma.user.findMany()).toMatchObject([{ slackUserId: 'U_OLD', roles: ['admin'] }]);
      expect(await schemaOf(pool)).toEqual(await schemaOf(source.db.pool));
      await close();
    } finally {
      await from.remove();
      await to.remove();
    }
  });

  if (engine === 'embedded') {
    test('leave a whole database wherever a restore is cut off', async () => {
      const { target, remove } = await createEmptyTarget('embedded');
      if (!('dataDir' in target)) throw new Error('not embedded');
      const at = (name: string) => join(target.dataDir, name);
      const which = async () => {
        const { prisma, close } = await openDatabase({ ...target, durable: false });
        const found = await prisma.counter.findUnique({
          where: { key_period: { key: 'which', period: '' } },
        });
        await close();
        return found?.value ?? null;
      };
      try {
        const { prisma, close } = await openDatabase({ ...target, durable: false });
        await prisma.counter.create({ data: { key: 'which', period: '', value: 1n } });
        await close();
        await cp(at('pg'), at('old'), { recursive: true });
        await restoreBackup({ ...target, file: made.path, mayReplace: async () => true });
        expect(await which()).toBe(null);
        // Before its first move had an end: what was there is what is there, and nothing of it waits for a better day.
        await rename(at('pg'), at('pg.restored'));
        await rename(at('old'), at('pg'));
        expect(await which()).toBe(1n);
        expect(await readdir(target.dataDir)).not.toContain('pg.restored');
        // Between the two moves: it is finished.
        await restoreBackup({ ...target, file: made.path, mayReplace: async () => true });
        await rename(at('pg'), at('pg.restored'));
        expect(await which()).toBe(null);
        expect(await readdir(target.dataDir)).toContain('pg');
      } finally {
        await remove();
      }
    });
  }

  test('say what is wrong with what was typed', async () => {
    const env = { DATA_DIR: join(dir, 'nowhere') };
    await expect(runBackupCommand([], env, print)).rejects.toThrow(/There is no database in/);
    await expect(runBackupCommand(['a', 'b'], env, print)).rejects.toThrow(/Usage/);
    await expect(runRestoreCommand([], env, print)).rejects.toThrow(/Usage/);
    await expect(runRestoreCommand(['gone'], env, print)).rejects.toThrow('There is no file gone.');
    expect(await readdir(dir)).not.toContain('nowhere');
  });
});
