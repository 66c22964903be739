// Restores a backup from the command line: npm run restore -- <file>. The app must be stopped; what is there is replaced
// only on --replace and after its name was typed.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { restoreBackup } from '../backup/restore.js';
import { readDatabaseConfig } from '../config.js';
import { verifyAudit } from '../domain/audit-seal.service.js';
import { describeVerification } from './audit-cli.js';
import { type Environment, runIfMain, UsageError, withDatabase } from './command-line.js';

const USAGE = `Usage: npm run restore -- <file> [--replace]
  Restores a backup into an empty PostgreSQL database (DATABASE_URL) or a new directory (DATA_DIR).
  --replace  in place of what is there; its name has to be typed`;

/** Asks a question and gives the line that was typed. */
type Ask = (question: string) => Promise<string>;

/** Runs the command. @returns the exit code: 1 if the restored audit trail is not intact */
export async function runRestoreCommand(
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
  ask: Ask = askTerminal,
): Promise<number> {
  const { file, replace } = readArguments(argv);
  const { databaseUrl, dataDir } = readDatabaseConfig(env);
  const mayReplace = async (name: string) => {
    if (!replace) return false;
    const typed = await ask(`All data in ${name} will be replaced by ${file}. Type ${name} to go on: `);
    if (typed.trim() !== name) throw new UsageError(`“${typed.trim()}” is not ${name}. Nothing was changed.`);
    return true;
  };
  const { header, end, foreign } = await restoreBackup({ databaseUrl, dataDir, file, mayReplace });
  const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0);
  print(`Restored ${rows} rows as of ${header.madeAt}.`);
  for (const table of foreign) print(`Left out: ${table}, which is no table of Huikuan.`);
  // Opened as the app will: migrations that came after the backup are applied now.
  const trail = await withDatabase(env, ({ prisma }) => verifyAudit(prisma));
  for (const line of describeVerification(trail)) print(line);
  // What came late was there before the backup.
  return trail.brokenCount === 0 ? 0 : 1;
}

function readArguments(argv: readonly string[]): { file: string; replace: boolean } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { replace: { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError(USAGE);
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  return { file, replace: values.replace };
}

/** From the terminal or a pipe; nothing typed is an empty line. */
async function askTerminal(question: string): Promise<string> {
  process.stdout.write(question);
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}

runIfMain(import.meta.filename, runRestoreCommand);
