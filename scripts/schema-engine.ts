// Prisma's schema engine as WASM, with in-memory databases of its own: it compares the migrations with the
// schema anywhere, without a download and without a server. It must never see a real database.
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
import { type EmbeddedEngine, serve } from '../src/db/embedded.js';
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

// Types of the catalogue's columns, by oid.
const COLUMN_TYPES = new Map<number, ColumnType>([
  [types.builtins.BOOL, ColumnTypeEnum.Boolean],
  [types.builtins.CHAR, ColumnTypeEnum.Character],
  [types.builtins.INT2, ColumnTypeEnum.Int32],
  [types.builtins.INT4, ColumnTypeEnum.Int32],
  [types.builtins.INT8, ColumnTypeEnum.Int64],
  [types.builtins.OID, ColumnTypeEnum.Int64],
  [types.builtins.TEXT, ColumnTypeEnum.Text],
  [types.builtins.VARCHAR, ColumnTypeEnum.Text],
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
  const migrations = await loadMigrations(migrationsDir);
  const databases = new MemoryDatabases();
  try {
    const engine = await startEngine(schema, databases);
    const { stdout, exitCode } = await engine.diff({
      from: {
        tag: 'migrations',
        baseDir: migrationsDir,
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
        })),
      },
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
    await databases.close();
  }
}

async function startEngine(
  schema: { path: string; content: string },
  databases: MemoryDatabases,
): Promise<bindings.SchemaEngine> {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': { ...bindings },
  });
  const { __wbg_set_wasm: setWasm }: { __wbg_set_wasm?: (exports: object) => void } = {
    ...bindings,
  };
  const { __wbindgen_start: start } = instance.exports;
  if (setWasm === undefined || typeof start !== 'function')
    throw new Error(`${file} is not the pinned version.`);
  setWasm(instance.exports);
  start();
  return bindings.SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(databases),
  );
}

/** Every connection is to an empty database of its own, which is all a comparison needs. */
class MemoryDatabases implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  failure: unknown;
  readonly #open: EmbeddedEngine[] = [];

  connect(): Promise<SqlDriverAdapter> {
    return this.connectToShadowDb();
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const engine = serve(await PGlite.create());
    this.#open.push(engine);
    const { pool } = engine;
    const adapter: SqlDriverAdapter = await new PrismaPg(pool).connect();
    // The adapter splits a script at every semicolon, which cuts function bodies in two.
    adapter.executeScript = async (script) => {
      await this.#noteFailure(pool.query(script));
    };
    adapter.queryRaw = ({ sql, args }) => this.#noteFailure(readCatalogue(pool, sql, args));
    return adapter;
  }

  /** The engine reports a failure here as a bare number: keep what it was. */
  async #noteFailure<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const engine of this.#open) await engine.close();
  }
}

/** The adapter's own reading knows no "char", of which the catalogue is full. */
async function readCatalogue(pool: Pool, sql: string, args: unknown[]): Promise<SqlResultSet> {
  const { fields, rows } = await pool.query<unknown[]>({ text: sql, values: args, rowMode: 'array' });
  const columnTypes = fields.map(({ name, dataTypeID }) => {
    const type = COLUMN_TYPES.get(dataTypeID);
    if (type === undefined)
      throw new Error(`The engine read column ${name} of an unexpected type: ${dataTypeID}.`);
    return type;
  });
  return { columnNames: fields.map(({ name }) => name), columnTypes, rows };
}
