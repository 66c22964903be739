// Writes and checks database migrations, offline: `npm run db:migration -- new <name>` and `-- check`.
// The migrations are replayed on an empty in-memory database, and what the engine then reads there (tables,
// columns, enums, keys, whole indexes) is compared with prisma/schema.prisma. Triggers, functions, CHECKs and
// partial indexes cannot be said in the schema and are not read back: they are written by hand into
// migration.sql and are never drift. An index of another kind (GIN) is read back: declare it in the schema.
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { diffMigrations } from './schema-engine.js';

// npm runs a script in the package's root.
const SCHEMA = resolve('prisma', 'schema.prisma');
const MIGRATIONS = resolve('prisma', 'migrations');
const LOCK_TEXT = `# Read by Prisma's CLI: the kind of database these migrations are written for.
provider = "postgresql"
`;
const USAGE = `Usage:
  npm run db:migration -- new <name>   write the next migration (snake_case name)
  npm run db:migration -- check        fail when the migrations do not arrive at prisma/schema.prisma`;

async function main([command, name, ...rest]: string[]): Promise<number> {
  await mkdir(MIGRATIONS, { recursive: true });
  if (command === 'check' && name === undefined) return check();
  if (command === 'new' && rest.length === 0 && /^[a-z][a-z0-9_]*$/.test(name ?? ''))
    return create(name ?? '');
  console.error(USAGE);
  return 2;
}

async function check(): Promise<number> {
  const missing = await diffMigrations(SCHEMA, MIGRATIONS, 'description');
  if (missing === '') {
    console.log('The migrations arrive at prisma/schema.prisma.');
    return 0;
  }
  console.error('The migrations do not arrive at prisma/schema.prisma. Missing:');
  console.error(missing);
  console.error('Write them with: npm run db:migration -- new <name>');
  return 1;
}

async function create(name: string): Promise<number> {
  const sql = await diffMigrations(SCHEMA, MIGRATIONS, 'sql');
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const dir = join(MIGRATIONS, `${stamp}_${name}`);
  await mkdir(dir);
  await writeFile(
    join(dir, 'migration.sql'),
    sql === '' ? '-- Written by hand: the schema itself does not change.\n' : sql,
  );
  const lock = join(MIGRATIONS, 'migration_lock.toml');
  await access(lock).catch(() => writeFile(lock, LOCK_TEXT));
  console.log(`Wrote ${join(dir, 'migration.sql')}. Read it, and add by hand what the schema cannot say.`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
