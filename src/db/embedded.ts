// The embedded engine: PostgreSQL as WASM in this process, on a directory, with real fsync.
// It must never be opened on a directory that another process has open (see data-dir-lock.ts).
import fs from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_walinspect } from '@electric-sql/pglite/contrib/pg_walinspect';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { Pool, type PoolConfig } from 'pg';
import { makeDir } from './make-dir.js';
import { EngineFailedError, type ProtocolEngine, ProtocolStream } from './protocol-stream.js';
import { SESSION_OPTIONS } from './session-options.js';

export interface EmbeddedEngine {
  /** One connection, as there is one session: whoever holds it makes all others wait. */
  pool: Pool;
  close: () => Promise<void>;
}

const CLUSTER = 'pg';
/** A whole cluster that a restore was about to move to its place. */
const RESTORED = 'pg.restored';
const encoder = new TextEncoder();

// PGlite's own parameters without -F, which would switch fsync off. Less shared memory than the
// default 128 MB: there is one session, and it lives in this process.
const START_PARAMS = [
  '--single',
  '-O',
  '-j',
  ...[
    'search_path=public',
    'exit_on_error=false',
    'log_checkpoints=false',
    'max_worker_processes=0',
    'max_parallel_workers=0',
    'max_parallel_workers_per_gather=0',
    'max_parallel_maintenance_workers=0',
    'io_method=sync',
    'shared_buffers=32MB',
    'synchronous_commit=on',
    'full_page_writes=on',
    // The only method the WASM build carries through to the file system layer.
    'wal_sync_method=fsync',
  ].flatMap((setting) => ['-c', setting]),
];

interface EngineState {
  /** Once set, nothing is acknowledged any more. */
  failure?: EngineFailedError;
}

interface NodeFsStream {
  nfd: number;
}

/** PGlite's file system layer has no fsync, and a missing one counts as success: give it one. */
class SyncingNodeFs extends NodeFS {
  readonly #state: EngineState;

  constructor(dir: string, state: EngineState) {
    super(dir);
    this.#state = state;
  }

  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = [
      ...(emscriptenOpts.preRun ?? []),
      (...[module]: Parameters<NonNullable<typeof emscriptenOpts.preRun>[number]>) => {
        const ops: { fsync?: (stream: NodeFsStream) => number } = module.NODEFS.stream_ops;
        ops.fsync = (stream) => {
          try {
            fs.fsyncSync(stream.nfd);
            return 0;
          } catch (cause) {
            // Nobody knows now what is on the disk. Not an error code, which the engine would answer with a
            // PANIC that cannot end this process: an exception it does not know leaves it at once.
            this.#state.failure = new EngineFailedError('The disk refused to store the data.', { cause });
            throw this.#state.failure;
          }
        };
      },
    ];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }
}

/**
 * Opens the cluster in `dataDir`/pg, creating it on the first start.
 * @param durable false only for data that may be thrown away: nothing is fsynced then.
 */
export async function openEmbedded(dataDir: string, durable: boolean): Promise<EmbeddedEngine> {
  const cluster = join(dataDir, CLUSTER);
  const restored = join(dataDir, RESTORED);
  // A restore that was cut off before its last two moves did not happen, and must not on a later day either. Between them
  // it is finished, or an empty database would take its place.
  if (isCluster(cluster)) await rm(restored, { recursive: true, force: true });
  else if (isCluster(restored)) await rename(restored, cluster);
  else await createCluster(dataDir, cluster, durable);
  const state: EngineState = {};
  const pglite = await PGlite.create({
    fs: new SyncingNodeFs(cluster, state),
    // What a backup follows the log with (see changed-pages.ts).
    extensions: { pg_walinspect },
    startParams: [...START_PARAMS, '-c', `fsync=${durable ? 'on' : 'off'}`],
  });
  return serve(pglite, state);
}

/** Whether there is a database in the directory. */
export const hasCluster = (dataDir: string): boolean =>
  isCluster(join(dataDir, CLUSTER)) || isCluster(join(dataDir, RESTORED));

const isCluster = (path: string): boolean => fs.existsSync(join(path, 'PG_VERSION'));

/**
 * Puts the closed cluster of another directory of the same disk into this one, whole or not at all. What was here is kept
 * beside it under `keptAs`.
 */
export async function installCluster(from: string, dataDir: string, keptAs: string): Promise<void> {
  const cluster = join(dataDir, CLUSTER);
  syncTree(join(from, CLUSTER));
  await rm(join(dataDir, RESTORED), { recursive: true, force: true });
  await rename(join(from, CLUSTER), join(dataDir, RESTORED));
  syncPath(dataDir);
  if (fs.existsSync(cluster)) await rename(cluster, join(dataDir, keptAs));
  await rename(join(dataDir, RESTORED), cluster);
  syncPath(dataDir);
}

/** Serves an engine that is already open, on whatever storage. */
export function serve(pglite: PGlite, state: EngineState = {}): EmbeddedEngine {
  const engine = protocolEngine(pglite, state);
  const config: PoolConfig = {
    stream: () => new ProtocolStream(engine),
    user: 'postgres',
    database: 'postgres',
    options: SESSION_OPTIONS,
    max: 1,
    idleTimeoutMillis: 0,
  };
  const pool = new Pool(config);
  const close = async () => {
    await pool.end();
    // Closing writes a checkpoint, which would declare safe what a failed disk does not have.
    if (state.failure === undefined) await pglite.close();
  };
  return { pool, close };
}

/** Builds a cluster aside and moves it in whole, so that a crash during the first start leaves nothing half-made. */
async function createCluster(dataDir: string, cluster: string, durable: boolean): Promise<void> {
  await makeDir(dataDir);
  for (const entry of await readdir(dataDir)) {
    if (entry.startsWith(`${CLUSTER}.new-`)) await rm(join(dataDir, entry), { recursive: true });
  }
  const building = join(dataDir, `${CLUSTER}.new-${process.pid}`);
  const pglite = await PGlite.create({ dataDir: building, startParams: START_PARAMS });
  await pglite.close();
  if (durable) syncTree(building);
  await rename(building, cluster);
  if (durable) syncPath(dataDir);
}

function syncTree(path: string): void {
  for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) syncTree(child);
    else syncPath(child);
  }
  syncPath(path);
}

function syncPath(path: string): void {
  const fd = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function protocolEngine(pglite: PGlite, state: EngineState): ProtocolEngine {
  const execute = async (message: Uint8Array): Promise<Uint8Array> => {
    if (state.failure) throw state.failure;
    const parts: Uint8Array[] = [];
    // The streaming form, because execProtocolRaw also parses every answer and keeps it for ever.
    await pglite.execProtocolRawStream(message, {
      syncToFs: false,
      onRawData: (bytes) => parts.push(bytes.slice()),
    });
    if (state.failure) throw state.failure;
    return Buffer.concat(parts);
  };
  const resetSession = async () => {
    if (pglite.isInTransaction()) await execute(simpleQuery('ROLLBACK'));
    await execute(simpleQuery('DISCARD ALL'));
  };
  return { execute, resetSession };
}

function simpleQuery(sql: string): Uint8Array {
  const text = encoder.encode(`${sql}\0`);
  const message = Buffer.alloc(5 + text.length);
  message.write('Q');
  message.writeInt32BE(4 + text.length, 1);
  message.set(text, 5);
  return message;
}
