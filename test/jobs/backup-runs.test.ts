// The app's own backups (F102): once a day at its hour, on request, old ones removed, a failure told in words; and what
// the running app does for npm run backup.
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { checkBackup } from '../../src/backup/backup-file.js';
import { planBackup, requestBackup } from '../../src/domain/settings/backups.service.js';
import { editCompany } from '../../src/domain/settings/company.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { answerCommands } from '../../src/jobs/answer-commands.js';
import { runBackupCommand } from '../../src/jobs/backup-cli.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { runBackups } from '../../src/jobs/run-backups.js';
import { createLog } from '../../src/log.js';
import { createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { code } from '../support/errors.js';

const log = createLog('silent');
const DAY = 86_400_000;
let database: TestDatabase;
let company: TestCompany;
let dir: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  dir = await mkdtemp(join(tmpdir(), 'huikuan-kept-'));
});
afterEach(() => rm(dir, { recursive: true }));
afterAll(() => database.close());

const envAt = (now = NOON, place = dir) => ({
  backups: { dir: place, source: database.db, scheduled: true },
  clock: () => now,
  log,
  kick: () => {},
});
/** The text of each message that waits, by person. */
async function told(now = NOON): Promise<Record<string, string>> {
  const rows = await company.db.outbox.findMany({ where: { kind: 'backup.ended' } });
  const ctx = { ...(await company.system(now)), locale: 'zh-CN', t: translator('zh-CN') } as const;
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [id, name]));
  const entries = rows.map(async (row) => {
    const rendered = await renderNotice(ctx, row.kind, row.payload);
    return [names.get(row.recipient.replace('user:', '')) ?? row.recipient, rendered?.text ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('the schedule', () => {
  const at = (time: string) => new Date(`2026-11-20T${time}:00+08:00`);

  it('asks once a day from its hour on, however often and by however many it is called', async () => {
    expect(await planBackup(await company.system(at('01:59')))).toBe(0);
    const contexts = await Promise.all([company.system(at('02:00')), company.system(at('02:00'))]);
    const planned = await Promise.all(contexts.map(planBackup));
    expect(planned.toSorted((one, other) => one - other)).toEqual([0, 1]);
    expect(await planBackup(await company.system(at('23:59')))).toBe(0);
    expect(await planBackup(await company.system(new Date(at('02:00').getTime() + DAY)))).toBe(1);
    const admin = await company.as('admin');
    await editCompany(admin, admin.company.version, { settings: { backupHour: null } });
    expect(await planBackup(await company.system(new Date(at('02:00').getTime() + 5 * DAY)))).toBe(0);
  });

  it('makes it, tells nobody, and removes what is too old', async () => {
    const old = ['huikuan-20261112-020000.jsonl.gz', 'huikuan-20261114-020000.jsonl.gz', 'other-20200101.gz'];
    for (const name of [...old, 'huikuan-20261101-020000.jsonl.gz.77.part']) {
      await writeFile(join(dir, name), '');
      await utimes(join(dir, name), NOON, new Date(NOON.getTime() - 2 * 3_600_000));
    }
    await planBackup(await company.system());
    expect(await runBackups(await company.system(), envAt())).toEqual({ backups: 1 });
    expect((await readdir(dir)).toSorted()).toEqual([
      'huikuan-20261114-020000.jsonl.gz',
      'huikuan-20261120-020000.jsonl.gz',
      'other-20200101.gz',
    ]);
    const row = await company.db.backup.findFirstOrThrow();
    expect(row).toMatchObject({ status: 'done', path: join(dir, 'huikuan-20261120-020000.jsonl.gz') });
    const { end } = await checkBackup(row.path ?? '');
    expect(end.rows.app_user).toBe(Object.keys(company.ids).length);
    expect(await told()).toEqual({});
    expect(await runBackups(await company.system(), envAt())).toEqual({ backups: 0 });
  });

  it('a failure is told to the admins, and takes no old backup away', async () => {
    await mkdir(join(dir, 'kept'));
    await writeFile(join(dir, 'kept', 'huikuan-20260101-020000.jsonl.gz'), '');
    await writeFile(join(dir, 'a-file'), '');
    await planBackup(await company.system());
    await runBackups(await company.system(), envAt(NOON, join(dir, 'a-file')));
    expect(await company.db.backup.findFirstOrThrow()).toMatchObject({
      status: 'failed',
      failure: 'not_writable',
      path: null,
    });
    expect(await told()).toEqual({
      admin: '备份失败：备份目录不能写，请管理服务器的人检查 BACKUP_DIR。至今没有一份好的备份。',
    });
    expect(await readdir(join(dir, 'kept'))).toHaveLength(1);
  });

  it('one whose process ended is made again, and given up after three times', async () => {
    await planBackup(await company.system());
    await company.db.backup.updateMany({
      data: { status: 'running', attempts: 1, leaseUntil: new Date(Date.now() - 1000) },
    });
    expect(await runBackups(await company.system(), envAt())).toEqual({ backups: 1 });
    await company.db.backup.updateMany({
      data: { status: 'running', attempts: 3, leaseUntil: new Date(Date.now() - 1000), finishedAt: null },
    });
    expect(await runBackups(await company.system(), envAt())).toEqual({ backups: 0 });
    expect(await company.db.backup.findFirstOrThrow()).toMatchObject({ status: 'failed', failure: 'other' });
  });
});

describe('on request', () => {
  it('an admin alone may ask; asked twice it is one, and whoever asked hears of it', async () => {
    await expect(requestBackup(await company.as('financeManager'))).rejects.toEqual(code('access.denied'));
    const admins = [await company.as('admin'), await company.as('admin')];
    const [first, second] = await Promise.all(admins.map(requestBackup));
    expect(second).toBe(first);
    await runBackups(await company.system(), envAt());
    const [name = ''] = await readdir(dir);
    const messages = await told();
    expect(Object.keys(messages)).toEqual(['admin']);
    expect(messages.admin).toBe(`备份好了，0.0 MB，已重读核对。在服务器上：${join(dir, name)}`);
    const trail = await company.db.auditLog.findMany({
      where: { subjectType: 'backup' },
      orderBy: { id: 'asc' },
    });
    expect(trail.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['backup.requested', company.ids.admin],
      ['backup.done', null],
    ]);
  });

  if (inject('testDatabase').engine === 'embedded') {
    it('npm run backup has the running app make it, and says so when it cannot', async () => {
      if (!('dataDir' in database.target)) throw new Error('embedded only');
      const env = { DATA_DIR: database.target.dataDir, BACKUP_DIR: 'not used' };
      const said: string[] = [];
      const run = (...argv: string[]) => runBackupCommand(argv, env, (line) => said.push(line));
      // Opened by something that is not the app: only said.
      await expect(run()).rejects.toThrow(/is in use by process/);
      const app = { ...envAt(), db: company.db, delivery: { kick: () => {}, run: async () => {} } };
      database.db.answerOthers(answerCommands(app));
      const copy = join(dir, 'copy.gz');
      expect(await run(copy)).toBe(0);
      expect(said[0]).toMatch(/copy\.gz: \d+ rows, 0\.0 MB, read again and intact\./);
      expect((await checkBackup(copy)).header.engine).toBe('embedded');
      expect((await readdir(dir)).toSorted()).toEqual(['copy.gz', 'huikuan-20261120-020000.jsonl.gz']);
      // A file that is kept is never written over, nor is a backup made for nothing; its folder is made.
      await expect(run(copy)).rejects.toThrow(`There is a file ${copy} already. Choose another name.`);
      expect(await readdir(dir)).toHaveLength(2);
      expect(await run(join(dir, 'safe', 'copy.gz'))).toBe(0);
      database.db.answerOthers(answerCommands({ ...app, backups: { ...app.backups, dir: copy } }));
      await expect(run()).rejects.toThrow(/could not make the backup: it cannot write to BACKUP_DIR/);
    });
  }
});
