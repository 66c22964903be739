// What the commands of this folder share: the database as the app opens it, and an end in words and an exit code.
import { existsSync } from 'node:fs';
import { BackupError } from '../backup/format.js';
import { ConfigError, readDatabaseConfig } from '../config.js';
import { type Database, openDatabase } from '../db/client.js';
import { DataDirInUseError } from '../db/data-dir-lock.js';
import { hasCluster } from '../db/embedded.js';
import { MigrationError } from '../db/migrate.js';
import { isDomainError } from '../domain/errors.js';

export type Environment = Record<string, string | undefined>;

/** Runs with what was typed, and prints its result line by line. @returns the exit code */
export type Command = (
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
) => Promise<number>;

/** A mistake of whoever typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where the database is that the environment names. @throws UsageError where there is none: a command makes none */
export function findDatabase(env: Environment): ReturnType<typeof readDatabaseConfig> {
  const places = readDatabaseConfig(env);
  if (places.databaseUrl === undefined && !hasCluster(places.dataDir))
    throw new UsageError(`There is no database in ${places.dataDir}. Set DATA_DIR or DATABASE_URL.`);
  return places;
}

/** Opens the database that the environment names, and closes it whatever happens. */
export async function withDatabase<T>(
  env: Environment,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { databaseUrl, dataDir } = findDatabase(env);
  const database = await openDatabase({ ...(databaseUrl !== undefined && { databaseUrl }), dataDir });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Runs `command` if `file` is what Node was started with. `failed`: the exit code of a run that came to no result. */
export function runIfMain(file: string, command: Command, failed = 1): void {
  if (file !== process.argv[1]) return;
  if (existsSync('.env')) process.loadEnvFile('.env');
  const print = (line: string) => process.stdout.write(`${line}\n`);
  command(process.argv.slice(2), process.env, print).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${describeFailure(error)}\n`);
      process.exitCode = failed;
    },
  );
}

const EXPECTED = [UsageError, ConfigError, DataDirInUseError, MigrationError, BackupError];

/** The message alone where it says what to do; the stack of anything else. */
function describeFailure(error: unknown): string {
  if (isDomainError(error)) return `${error.code} ${JSON.stringify(error.params)}`;
  if (!(error instanceof Error)) return String(error);
  const badOption = error instanceof TypeError && 'code' in error;
  return badOption || EXPECTED.some((kind) => error instanceof kind)
    ? error.message
    : (error.stack ?? error.message);
}
