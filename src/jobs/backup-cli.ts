// Makes or checks a backup from the command line: npm run backup. On PostgreSQL beside the running app; on the embedded
// engine the app must be stopped first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkBackup, writeBackup } from '../backup/backup-file.js';
import { BackupError, backupName } from '../backup/format.js';
import { systemClock } from '../clock.js';
import { readDatabaseConfig } from '../config.js';
import { openConnections } from '../db/client.js';
import { hasCluster } from '../db/embedded.js';
import { type Environment, runIfMain, UsageError } from './command-line.js';

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
  const { databaseUrl, dataDir, backupDir } = readDatabaseConfig(env);
  if (databaseUrl === undefined && !hasCluster(dataDir))
    throw new BackupError('schema', `There is no database in ${dataDir}. Set DATA_DIR or DATABASE_URL.`);
  const now = systemClock();
  const path = file ?? join(backupDir, backupName(now));
  // What is there is taken as it is: a new version must not change it before it is safe.
  const { pool, engine, close } = await openConnections({
    ...(databaseUrl !== undefined && { databaseUrl }),
    dataDir,
  });
  try {
    const made = await writeBackup({ pool, engine, now }, path);
    print(`${made.path}: ${made.rows} rows, ${megabytes(made.bytes)} MB, read again and intact.`);
    print('It holds everything the company knows: keep it as safe as the database.');
    return 0;
  } finally {
    await close();
  }
}

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
