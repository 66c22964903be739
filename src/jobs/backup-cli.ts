// Makes or checks a backup from the command line: npm run backup. On PostgreSQL beside the running app; on the embedded
// engine the running app is asked to make it, as it alone may read its directory.
import { constants, existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackupFile, checkBackup, makePlace, writeBackup } from '../backup/backup-file.js';
import { BackupError, backupName } from '../backup/format.js';
import { systemClock } from '../clock.js';
import { type DatabaseOptions, openConnections } from '../db/client.js';
import { DataDirInUseError } from '../db/data-dir-lock.js';
import { askForBackup } from './answer-commands.js';
import { type Environment, findDatabase, runIfMain, UsageError } from './command-line.js';

const USAGE = `Usage: npm run backup [-- <file>]            makes a backup, in BACKUP_DIR if no file is named
       npm run backup -- --check <file>     reads a backup from end to end and says what is in it`;

/** Runs the command. @returns the exit code */
export async function runBackupCommand(
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<number> {
  const { file, check } = readArguments(argv);
  if (check !== undefined) {
    for (const line of await describeBackup(check)) print(line);
    return 0;
  }
  const { databaseUrl, dataDir, backupDir } = findDatabase(env);
  const made =
    databaseUrl === undefined
      ? await backUpEmbedded(dataDir, backupDir, file)
      : await backUpHere({ databaseUrl, dataDir }, pathOf(backupDir, file));
  print(`${made.path}: ${made.rows} rows, ${megabytes(made.bytes)} MB, read again and intact.`);
  print('It holds everything the company knows: keep it as safe as the database.');
  return 0;
}

const pathOf = (backupDir: string, file: string | undefined): string =>
  file ?? join(backupDir, backupName(systemClock()));

/** What is there is taken as it is: a new version must not change it before it is safe. */
async function backUpHere(place: DatabaseOptions, path: string): Promise<BackupFile> {
  const { pool, engine, close } = await openConnections(place);
  try {
    return await writeBackup({ pool, engine, now: systemClock() }, path);
  } finally {
    await close();
  }
}

async function backUpEmbedded(
  dataDir: string,
  backupDir: string,
  file: string | undefined,
): Promise<BackupFile> {
  try {
    return await backUpHere({ dataDir }, pathOf(backupDir, file));
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    if (file !== undefined) await makePlace(file);
    const made = await askForBackup(dataDir);
    // Not the app, or one that is just starting or stopping.
    if (made === undefined) throw error;
    const { path, bytes, rows, failure } = made;
    if (path === null || bytes === null || rows === null)
      throw new BackupError(
        'place',
        `The running app could not make the backup: ${FAILURES[failure ?? ''] ?? 'see its log'}.`,
      );
    if (file !== undefined) await copyFile(path, file, constants.COPYFILE_EXCL);
    return { path: file ?? path, bytes, rows };
  }
}

const FAILURES: Record<string, string> = {
  full: 'its disk is full',
  not_writable: 'it cannot write to BACKUP_DIR',
  damaged: 'what it wrote could not be read again',
};

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

async function describeBackup(file: string): Promise<string[]> {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  const { header, end } = await checkBackup(file);
  const rows = Object.entries(end.rows).filter(([, count]) => count > 0);
  return [
    `The backup is intact: made ${header.madeAt} from ${header.engine === 'embedded' ? 'the embedded database' : 'PostgreSQL'}, ` +
      `schema ${header.migrations.at(-1)?.name}.`,
    ...rows.map(([table, count]) => `  ${table} ${count}`),
  ];
}

function readArguments(argv: readonly string[]): { file: string | undefined; check: string | undefined } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { check: { type: 'string' } },
  });
  const [file] = positionals;
  if (positionals.length > 1 || (file !== undefined && values.check !== undefined))
    throw new UsageError(USAGE);
  return { file, check: values.check };
}

runIfMain(import.meta.filename, runBackupCommand);
