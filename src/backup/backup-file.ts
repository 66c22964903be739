// Backups as files: written aside and moved in whole, readable for their owner alone, and read again line by line.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { makeDir } from '../db/make-dir.js';
import { type DumpSource, dump } from './dump.js';
import {
  type BackupEnd,
  BackupError,
  type BackupHeader,
  damaged,
  isRow,
  madeAt,
  readHeader,
  readMark,
} from './format.js';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIR = 0o700;
const ATTEMPTS = 3;
const PART = '.part';

export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Writes a backup to `path`, which must not exist, and reads it again. Nothing stays behind if it fails.
 * @throws BackupError; the system's errors of the place (full, not writable, there already)
 */
export async function writeBackup(
  source: DumpSource,
  path: string,
  signal?: AbortSignal,
): Promise<BackupFile> {
  await makePlace(path);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writeOnce(source, path, signal);
    } catch (error) {
      const again = error instanceof BackupError && error.reason === 'disturbed' && attempt < ATTEMPTS;
      if (!again) throw error;
    }
  }
}

/** Makes the folder of a new backup. @throws BackupError place: there is a file of that name */
export async function makePlace(path: string): Promise<void> {
  await makeDir(dirname(path), OWNER_ONLY_DIR);
  if (existsSync(path))
    throw new BackupError('place', `There is a file ${path} already. Choose another name.`);
}

async function writeOnce(source: DumpSource, path: string, signal?: AbortSignal): Promise<BackupFile> {
  const part = `${path}.${process.pid}${PART}`;
  try {
    const file = createWriteStream(part, { flags: 'wx', mode: OWNER_ONLY, flush: true });
    await pipeline(Readable.from(dump(source)), createGzip(), file, {
      ...(signal && { signal }),
    });
    const { end } = await checkBackup(part);
    await rename(part, path);
    await syncDir(dirname(path));
    const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0);
    return { path, bytes: (await stat(path)).size, rows };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A file's name is only safe once its directory is. */
async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface BackupReader {
  header?(header: BackupHeader): Promise<void> | void;
  /** Rows of one table, each a line; some hundreds at most, or about a megabyte. */
  rows?(table: string, lines: readonly string[]): Promise<void>;
}

const ROWS_A_BATCH = 500;
const CHARS_A_BATCH = 1_000_000;
const CHUNK_BYTES = 65_536;

/** Reads a whole backup and checks it against its end. @throws BackupError damaged, no_backup, newer */
export async function readBackup(
  path: string,
  reader: BackupReader,
): Promise<{ header: BackupHeader; end: BackupEnd }> {
  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  let header: BackupHeader | undefined;
  let end: BackupEnd | undefined;
  let table: string | undefined;
  let batch: string[] = [];
  let chars = 0;
  const flush = async () => {
    if (table === undefined || batch.length === 0) return;
    counts[table] = (counts[table] ?? 0) + batch.length;
    await reader.rows?.(table, batch);
    batch = [];
    chars = 0;
  };
  for await (const line of linesOf(path)) {
    if (end) throw damaged('it goes on after its end');
    if (header === undefined) {
      header = readHeader(line);
      await reader.header?.(header);
    } else if (isRow(line)) {
      if (table === undefined) throw damaged('a row belongs to no table');
      batch.push(line);
      chars += line.length;
      if (batch.length >= ROWS_A_BATCH || chars >= CHARS_A_BATCH) await flush();
    } else {
      await flush();
      const mark = readMark(line);
      if ('end' in mark) {
        end = mark;
        continue;
      }
      table = mark.table;
      counts[table] = 0;
    }
    hash.update(`${line}\n`);
  }
  if (header === undefined || end === undefined) throw damaged('its end is missing');
  if (hash.digest('hex') !== end.sha256) throw damaged('it is not what was written');
  if (!sameCounts(counts, end.rows)) throw damaged('rows are missing');
  return { header, end };
}

const sameCounts = (one: Record<string, number>, other: Record<string, number>): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([table, count]) => other[table] === count);

/** Reads a backup from end to end without using it. @throws BackupError damaged, no_backup, newer */
export const checkBackup = (path: string) => readBackup(path, {});

/** A line may be as long as the largest file in it, so that what was read is never searched twice. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = createGunzip({ chunkSize: CHUNK_BYTES }).setEncoding('utf8');
  const failed = pipeline(file, text).then(
    () => undefined,
    (error: unknown) => error,
  );
  let open: string[] = [];
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = chunk.split('\n');
      const last = lines.pop() ?? '';
      const [first, ...rest] = lines;
      if (first !== undefined) {
        yield [...open, first].join('');
        open = [];
        yield* rest;
      }
      open.push(last);
    }
  } catch (error) {
    throw readFailure((await failed) ?? error);
  } finally {
    file.destroy();
    text.destroy();
  }
  if (open.join('') !== '') throw damaged('its last line is cut off');
}

/** What gunzip cannot read is damage; a file that is not there is the system's own error. */
function readFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') ? damaged('it cannot be unpacked', error) : error;
}

interface StoredBackup {
  readonly path: string;
  readonly madeAt: Date;
  readonly bytes: number;
}

/** The backups in a directory, the newest first; none if it does not exist. Other files are passed over. */
async function listBackups(dir: string): Promise<StoredBackup[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const stored = await Promise.all(
    names.map(async (name) => {
      const at = madeAt(name);
      const path = join(dir, name);
      return at === null ? [] : [{ path, madeAt: at, bytes: (await stat(path)).size }];
    }),
  );
  return stored.flat().toSorted((one, other) => other.madeAt.getTime() - one.madeAt.getTime());
}

const DAY_MS = 86_400_000;
/** What nobody has written to for so long is not being written. */
const ABANDONED_MS = 3_600_000;

/**
 * Removes backups older than `days`, but never the newest, and what was left behind by one that was killed.
 * @returns how many backups
 */
export async function sweepBackups(dir: string, days: number, now: Date): Promise<number> {
  const before = now.getTime() - days * DAY_MS;
  const [, ...older] = await listBackups(dir);
  const old = older.filter((backup) => backup.madeAt.getTime() < before);
  for (const { path } of old) await rm(path, { force: true });
  for (const name of (await readdir(dir)).filter((entry) => entry.endsWith(PART))) {
    const path = join(dir, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: before }));
    if (mtimeMs < now.getTime() - ABANDONED_MS) await rm(path, { force: true });
  }
  return old.length;
}
