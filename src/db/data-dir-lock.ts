// Keeps a data directory to one process: two engines on one directory lose data without a word.
// A lock is a Unix socket that its owner listens on, so the kernel ends it with the process, whatever
// killed it, and no process id is ever compared. It cannot see a process on another machine.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, realpath, rename, rm, symlink, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDir } from './make-dir.js';
import { type Answer, answerOn, askOn } from './owner-socket.js';

const LOCK_FILE = /^lock-(\d+)-[0-9a-f]+\.sock$/;
const ATTEMPTS = 5;
const PROBE_TIMEOUT_MS = 2_000;

export interface DataDirLock {
  /** From now on others get an answer (askOwner). */
  serve: (answer: Answer) => void;
  /** Gives the directory back; safe to call twice. */
  release: () => Promise<void>;
}

/** Another process holds the data directory; the message names it and the remedy. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(
      `The data directory ${dataDir} is in use by process ${pid}. Stop that process first (kill ${pid}), ` +
        'choose another directory with DATA_DIR, or set DATABASE_URL to a PostgreSQL server, ' +
        'which any number of processes may share.',
    );
  }
}

/**
 * Takes the directory (created when missing) for this process; what a crashed process left is removed.
 * Every opener first shows its own socket and only then looks for others, so two can never both win.
 * @throws DataDirInUseError while another opener, in this process or another, holds it.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await makeDir(dataDir);
  const dir = await realpath(dataDir);
  for (let attempt = 1; ; attempt += 1) {
    const lock = await showLock(dir);
    const other = await findLiveOwner(dir, lock.file);
    if (other === undefined) return { serve: lock.serve, release: lock.release };
    await lock.release();
    // Two that start in the same moment see each other and both step back: try again, out of step.
    if (attempt === ATTEMPTS) throw new DataDirInUseError(dataDir, other.pid);
    await sleep(20 + Math.random() * 80);
  }
}

async function showLock(dir: string): Promise<DataDirLock & { file: string }> {
  const file = `lock-${process.pid}-${randomBytes(6).toString('hex')}.sock`;
  let answer: Answer | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    answerOn(socket, answer);
  });
  server.unref();
  // Shown only once it listens: between the two it would look abandoned, and be removed.
  const hidden = `new-${file}`;
  await withShortPath(dir, (short) => listen(server, join(short, hidden)));
  await rename(join(dir, hidden), join(dir, file));
  let released: Promise<void> | undefined;
  const release = () => {
    released ??= (async () => {
      await rm(join(dir, file), { force: true });
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    })();
    return released;
  };
  const serve = (given: Answer) => {
    answer = given;
  };
  return { file, serve, release };
}

/**
 * Asks whoever holds the directory; one that opens it only for a moment has no answer.
 * @returns undefined when nobody answers
 */
export async function askOwner(dataDir: string, question: string): Promise<string | undefined> {
  const dir = await realpath(dataDir);
  const owner = await findLiveOwner(dir, '');
  if (owner === undefined) return undefined;
  return withShortPath(dir, (short) => askOn(join(short, owner.file), question));
}

/** The live owner other than `own`; sockets nobody listens on any more are removed. */
async function findLiveOwner(dir: string, own: string): Promise<{ pid: number; file: string } | undefined> {
  for (const file of await readdir(dir)) {
    const pid = LOCK_FILE.exec(file)?.[1];
    if (pid === undefined || file === own) continue;
    if (await withShortPath(dir, (short) => isListening(join(short, file))))
      return { pid: Number(pid), file };
    await unlink(join(dir, file)).catch(ignoreMissing);
  }
  return undefined;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const settle = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') settle(false);
      // Too many knock at once, or the owner is just leaving: somebody lives there.
      else if (error.code === 'EAGAIN' || error.code === 'ECONNRESET') settle(true);
      else reject(error);
    });
  });
}

/** A socket path is limited to about 100 bytes: reach a directory of any length through a short link. */
async function withShortPath<T>(dir: string, use: (short: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'hk-'));
  try {
    const link = join(parent, 'd');
    await symlink(dir, link);
    return await use(link);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
