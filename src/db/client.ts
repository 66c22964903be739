// Opens the database: PostgreSQL where a URL is given, else the embedded engine on a directory. Both are
// reached through the same driver and adapter, and both are migrated before anybody sees them.
import { Pool } from 'pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.js';
import { lockDataDir } from './data-dir-lock.js';
import { openEmbedded } from './embedded.js';
import { findMigrationsDir, loadMigrations, migrate } from './migrate.js';
import type { Answer } from './owner-socket.js';
import { ParcelAdapter } from './parcels.js';
import { readQuicklyFrom } from './quick-query.js';
import { SESSION_OPTIONS } from './session-options.js';
import { statementNames } from './statement-names.js';
import { forbidInsideTransaction } from './transaction-scope.js';
import { vacuumTables } from './vacuum.js';

export type Db = PrismaClient;
export type Tx = Prisma.TransactionClient;

/** What the database reports about itself; a part of any logger. */
export interface DatabaseLog {
  info(message: string): void;
  error(message: string): void;
}

export interface DatabaseOptions {
  /** A PostgreSQL URL; without it the embedded engine is used. */
  databaseUrl?: string;
  /** The embedded engine's directory; './data' when left out. */
  dataDir?: string;
  /** false only for data that may be thrown away: the embedded engine then never fsyncs. */
  durable?: boolean;
  /** The migrations to apply; this version's own when left out. */
  migrationsDir?: string;
  log?: DatabaseLog;
}

export interface Database {
  prisma: Db;
  engine: 'postgres' | 'embedded';
  /** The driver's pool, for bulk work and measurements below the ORM. */
  pool: Pool;
  /** @throws while the database does not answer. */
  ping: () => Promise<void>;
  /** Tidies the tables of the embedded engine; a PostgreSQL server does that by itself. @returns how many */
  vacuum: () => Promise<number>;
  /** Answers other processes that cannot open the embedded directory meanwhile; a server lets everybody in. */
  answerOthers: (answer: Answer) => void;
  /** Ends all connections and gives the data directory back; safe to call twice. */
  close: () => Promise<void>;
}

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const silent: DatabaseLog = { info: () => {}, error: () => {} };

/**
 * Opens and migrates the database.
 * @throws DataDirInUseError when another process has the embedded directory open.
 * @throws MigrationError when the database does not fit this version.
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const log = options.log ?? silent;
  const { pool, engine, answerOthers, close } = await openConnections(options);
  try {
    const migrations = await loadMigrations(options.migrationsDir ?? findMigrationsDir());
    for (const name of await migrate(pool, migrations)) log.info(`Applied migration ${name}`);
  } catch (error) {
    await close();
    throw error;
  }
  const client = new PrismaClient({
    adapter: new ParcelAdapter(pool, { statementNameGenerator: statementNames() }),
  });
  let closed: Promise<void> | undefined;
  return {
    prisma: readQuicklyFrom(forbidInsideTransaction(client), pool),
    engine,
    pool,
    answerOthers,
    ping: async () => {
      await pool.query('SELECT 1');
    },
    vacuum: async () => (engine === 'embedded' ? vacuumTables(pool) : 0),
    close: () => {
      closed ??= client.$disconnect().then(close);
      return closed;
    },
  };
}

export type OpenedPool = Pick<Database, 'pool' | 'engine' | 'answerOthers' | 'close'>;

/**
 * The connections alone: what is there is not migrated, nor asked whether it fits.
 * @throws DataDirInUseError when another process has the embedded directory open.
 */
export async function openConnections(options: DatabaseOptions): Promise<OpenedPool> {
  const log = options.log ?? silent;
  const opened = options.databaseUrl
    ? openPostgres(options.databaseUrl)
    : await openInProcess(options.dataDir ?? './data', options.durable ?? true);
  // Without a listener, a connection that breaks while idle would end the process.
  opened.pool.on('error', (error) => log.error(`Idle database connection lost: ${error.message}`));
  return opened;
}

function openPostgres(connectionString: string): OpenedPool {
  const pool = new Pool({
    connectionString,
    max: POOL_SIZE,
    options: SESSION_OPTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  return { pool, engine: 'postgres', answerOthers: () => {}, close: () => pool.end() };
}

async function openInProcess(dataDir: string, durable: boolean): Promise<OpenedPool> {
  const lock = await lockDataDir(dataDir);
  try {
    const embedded = await openEmbedded(dataDir, durable);
    const close = async () => {
      await embedded.close();
      await lock.release();
    };
    return { pool: embedded.pool, engine: 'embedded', answerOthers: lock.serve, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
