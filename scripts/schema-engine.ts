// Prisma's schema engine as WASM: it compares the migrations with the schema anywhere, on in-memory databases
// of its own, without a download and without a server. It must never change a real database.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type ColumnType,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { type Pool, types } from 'pg';
import { serve } from '../src/db/embedded.js';
import { loadMigrations } from '../src/db/migrate.js';

// The typings of Node have the name but not this function.
declare global {
  namespace WebAssembly {
    function instantiate(
      bytes: Uint8Array,
      imports: Record<string, object>,
    ): Promise<{ instance: { exports: Record<string, unknown> } }>;
  }
}

const NAME_OID = 19;
const TEXT_ARRAY_OID = 1009;

// Types of the catalogue's columns and of the migrations' books, by oid.
const COLUMN_TYPES = new Map<number, ColumnType>([
  [types.builtins.BOOL, ColumnTypeEnum.Boolean],
  [types.builtins.CHAR, ColumnTypeEnum.Character],
  [types.builtins.INT2, ColumnTypeEnum.Int32],
  [types.builtins.INT4, ColumnTypeEnum.Int32],
  [types.builtins.INT8, ColumnTypeEnum.Int64],
  [types.builtins.OID, ColumnTypeEnum.Int64],
  [types.builtins.TEXT, ColumnTypeEnum.Text],
  [types.builtins.VARCHAR, ColumnTypeEnum.Text],
  [types.builtins.TIMESTAMPTZ, ColumnTypeEnum.DateTime],
  [NAME_OID, ColumnTypeEnum.Text],
  [TEXT_ARRAY_OID, ColumnTypeEnum.TextArray],
]);

const NO_FILTER = { externalTables: [], externalEnums: [] };

/**
 * What is missing in the migrations to arrive at the schema: SQL, or a description for people; '' when nothing is.
 * @throws when a migration does not apply to an empty database.
 */
export async function diffMigrations(
  schemaFile: string,
  migrationsDir: string,
  form: 'sql' | 'description',
): Promise<string> {
  const schema = { path: schemaFile, content: await readFile(schemaFile, 'utf8') };
  const migrations = await listMigrations(migrationsDir);
  // One database does: the engine only reads in the one it calls its own, and replays in its shadow.
  const memory = serve(await openMemoryDatabase());
  const databases = new Databases(memory.pool);
  try {
    const engine = await startSchemaEngine(schema, databases);
    const { stdout, exitCode } = await engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: form === 'sql',
      exitCode: true,
      filters: NO_FILTER,
    });
    engine.free();
    return exitCode === 0 ? '' : (stdout ?? '');
  } catch (error) {
    throw databases.failure ?? error;
  } finally {
    await memory.close();
  }
}

let emptyCluster: Promise<Blob> | undefined;

/** An empty in-memory database; only the first in a process takes the seconds of creating a cluster. */
async function openMemoryDatabase(): Promise<PGlite> {
  emptyCluster ??= PGlite.create().then(async (first) => {
    const cluster = await first.dumpDataDir('none');
    await first.close();
    return cluster;
  });
  return PGlite.create({ loadDataDir: await emptyCluster });
}

/** The migrations of a folder in the form the engine takes them. */
export async function listMigrations(baseDir: string): Promise<bindings.MigrationList> {
  const migrations = await loadMigrations(baseDir);
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

let loaded: Promise<void> | undefined;

/** Starts the engine for one schema; free() it afterwards. */
export async function startSchemaEngine(
  schema: { path: string; content: string },
  databases: Databases,
): Promise<bindings.SchemaEngine> {
  loaded ??= loadEngine();
  await loaded;
  const { path, content } = schema;
  const factory = bindMigrationAwareSqlAdapterFactory(databases);
  return bindings.SchemaEngine.new({ datamodels: [[path, content]] }, () => {}, factory);
}

/** The bindings keep one instance in a variable of their own: a second one would break the first. */
async function loadEngine(): Promise<void> {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': { ...bindings },
  });
  const { __wbg_set_wasm: setWasm }: { __wbg_set_wasm?: (exports: object) => void } = { ...bindings };
  const { __wbindgen_start: start } = instance.exports;
  if (setWasm === undefined || typeof start !== 'function') {
    throw new Error(`${file} is not the pinned version.`);
  }
  setWasm(instance.exports);
  start();
}

/** Lets the engine work in one database, as its own and as its shadow. */
export class Databases implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  /** What went wrong last: the engine itself reports it as a bare number. */
  failure: unknown;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  connectToShadowDb(): Promise<SqlDriverAdapter> {
    return this.connect();
  }

  async connect(): Promise<SqlDriverAdapter> {
    const pool = this.#pool;
    const adapter: SqlDriverAdapter = await new PrismaPg(pool).connect();
    // The adapter splits a script at every semicolon, which cuts function bodies in two.
    adapter.executeScript = async (script) => {
      await this.#noteFailure(pool.query(script));
    };
    adapter.queryRaw = ({ sql, args }) => this.#noteFailure(readCatalogue(pool, sql, args));
    return adapter;
  }

  async #noteFailure<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

/** The adapter's own reading knows no "char", of which the catalogue is full. */
async function readCatalogue(pool: Pool, sql: string, args: unknown[]): Promise<SqlResultSet> {
  const { fields, rows } = await pool.query<unknown[]>({ text: sql, values: args, rowMode: 'array' });
  const columnTypes = fields.map(({ name, dataTypeID }) => {
    const type = COLUMN_TYPES.get(dataTypeID);
    if (type === undefined) {
      throw new Error(`The engine read column ${name} of an unexpected type: ${dataTypeID}.`);
    }
    return type;
  });
  const values = rows.map((row) => row.map((value) => (value instanceof Date ? value.toISOString() : value)));
  return { columnNames: fields.map(({ name }) => name), columnTypes, rows: values };
}
