// npm run import: shows before it does, does what it showed, and says what it could not take (docs/guide/import.md).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { runImportCommand } from '../../src/jobs/import-cli.js';
import { createTestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  database = await createTestDatabase();
  await createTestCompany(database.db.prisma);
  // The command opens the database itself, as one process alone may.
  await database.db.close();
  folder = await mkdtemp(join(tmpdir(), 'huikuan-import-'));
  const { target } = database;
  env = 'databaseUrl' in target ? { DATABASE_URL: target.databaseUrl } : { DATA_DIR: target.dataDir };
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.close();
});

async function run(...argv: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runImportCommand(argv, env, (line) => lines.push(line));
  return { code, lines };
}

async function inDatabase<T>(read: (prisma: TestDatabase['db']['prisma']) => Promise<T>): Promise<T> {
  const again = await openDatabase({ ...database.target, durable: false });
  try {
    return await read(again.prisma);
  } finally {
    await again.close();
  }
}

it('shows first, imports with --yes, returns what it could not take, and adds nothing a second time', async () => {
  const file = join(folder, 'ledger.csv');
  await writeFile(
    file,
    ['客户名称,编号,负责人', '甲方机械,A-1,rep', '乙方机械,A-2,rep', '丙方机械,A-3,没有人'].join('\n'),
  );
  const args = [file, '--kind', 'customers', '--as', 'director', '--map', 'code=编号'];
  const shown = await run(...args);
  expect(shown.code).toBe(1);
  expect(shown.lines).toContain('name = 客户名称');
  expect(shown.lines.at(-1)).toBe('Nothing is imported yet. Add --yes to import.');
  expect(shown.lines.some((line) => line.includes('没有人'))).toBe(true);
  expect(await inDatabase((prisma) => prisma.customer.count())).toBe(0);

  const done = await run(...args, '--yes');
  expect(done.code).toBe(1);
  const returned = done.lines.at(-1) ?? '';
  expect(await readFile(returned, 'utf8')).toMatch(/丙方机械.*没有人/);
  expect(await inDatabase((prisma) => prisma.customer.findMany({ orderBy: { code: 'asc' } }))).toMatchObject([
    { code: 'A-1', name: '甲方机械' },
    { code: 'A-2', name: '乙方机械' },
  ]);

  await writeFile(file, ['客户名称,编号,负责人', '甲方机械,A-1,rep'].join('\n'));
  expect((await run(...args, '--yes')).code).toBe(0);
  expect(await inDatabase((prisma) => prisma.customer.count())).toBe(2);
}, 60_000);

it('says what is wrong with the command', async () => {
  const file = join(folder, 'contracts.csv');
  await writeFile(file, ['合同编号,客户,金额,签订日期', 'A-1,甲方机械,100,3/4/2026'].join('\n'));
  const args = [file, '--kind', 'contracts', '--type', 'vehicle'];
  await expect(run(...args, '--as', 'somebody')).rejects.toThrow('“somebody” is not one member');
  await expect(run(...args, '--as', 'rep')).rejects.toThrow('Add --date-order mdy or --date-order dmy');
  await expect(run(...args, '--as', 'rep', '--map', 'nothing=x')).rejects.toThrow('--map nothing=x');
  await expect(run(join(folder, 'none.csv'), '--kind', 'customers', '--as', 'rep')).rejects.toThrow(
    'There is no file',
  );
  await expect(run('--help')).rejects.toThrow('Usage: npm run import');
  await expect(run(file, '--kind', 'invoices', '--as', 'rep')).rejects.toThrow('Usage: npm run import');
}, 60_000);
