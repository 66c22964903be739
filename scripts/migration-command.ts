// What `npm run db:migration` does, as a function of the folder prisma/ and a place to print.
// The migrations are replayed on an empty in-memory database, and what the engine then reads there (tables,
// columns, enums, keys, whole indexes) is compared with schema.prisma. Triggers, functions, CHECKs and partial
// indexes cannot be said in the schema and are not read back: they are written by hand into migration.sql and
// are never drift. An index of another kind (GIN) is read back: declare it in the schema.
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffMigrations } from './schema-engine.js';

const LOCK_TEXT = `# Read by Prisma's CLI: the kind of database these migrations are written for.
provider = "postgresql"
`;
const USAGE = `Usage:
  npm run db:migration -- new <name>   write the next migration (snake_case name)
  npm run db:migration -- check        fail when the migrations do not arrive at prisma/schema.prisma`;

/** Runs the command and returns its exit code: 1 on drift, 2 when it was not understood. */
export async function runMigrationCommand(
  [command, name = '', ...rest]: string[],
  prismaDir: string,
  print: (text: string) => void,
): Promise<number> {
  if (command === 'check' && name === '') return check(prismaDir, print);
  if (command === 'new' && /^[a-z][a-z0-9_]*$/.test(name) && rest.length === 0) {
    return create(prismaDir, name, print);
  }
  print(USAGE);
  return 2;
}

async function check(prismaDir: string, print: (text: string) => void): Promise<number> {
  const missing = await diff(prismaDir, 'description');
  if (missing === '') {
    print('The migrations arrive at prisma/schema.prisma.');
    return 0;
  }
  print(`The migrations do not arrive at prisma/schema.prisma. Missing:\n${missing}`);
  print('Write them with: npm run db:migration -- new <name>');
  return 1;
}

async function create(prismaDir: string, name: string, print: (text: string) => void): Promise<number> {
  await mkdir(join(prismaDir, 'migrations'), { recursive: true });
  const sql = (await diff(prismaDir, 'sql')) || '-- Written by hand: the schema itself does not change.\n';
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const dir = join(prismaDir, 'migrations', `${stamp}_${name}`);
  await mkdir(dir);
  await writeFile(join(dir, 'migration.sql'), sql);
  const lock = join(prismaDir, 'migrations', 'migration_lock.toml');
  await access(lock).catch(() => writeFile(lock, LOCK_TEXT));
  print(`Wrote ${join(dir, 'migration.sql')}. Read it, and add by hand what the schema cannot say.`);
  return 0;
}

function diff(prismaDir: string, form: 'sql' | 'description'): Promise<string> {
  return diffMigrations(join(prismaDir, 'schema.prisma'), join(prismaDir, 'migrations'), form);
}
