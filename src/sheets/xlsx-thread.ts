// The library that reads workbooks, in a thread of its own: it holds at once whatever the cells share, and takes seconds to
// take that apart, in which nobody else would be served; and where there is no room for it, only the thread ends.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { MAX_CELL_LENGTH, MAX_COLUMNS } from './limits.js';

/** A row as the library gives it, from 0; texts cut at MAX_CELL_LENGTH, of a row that is too wide one cell too many. */
interface RawRow {
  readonly index: number;
  readonly values: readonly unknown[];
}

type Message =
  | { readonly rows: readonly RawRow[]; readonly isLast: boolean }
  | { readonly error: { readonly name: string; readonly message: string } };

/** What the workbook shares between its cells has no room. */
export class OutOfRoomError extends Error {
  override readonly name = 'OutOfRoomError';
}

const MAX_HEAP_MB = 1_024;
/** What is new is looked through more often: a thread then adds 30 to 40 MB less to the process. */
const YOUNG_MB = 8;
/** Threads of one process: each may fill its heap. */
const AT_ONCE = 2;
/** What is handed over at once: rows, and signs of their texts. A text that cells share is copied for each of them. */
const ROWS_A_TIME = 500;
const SIGNS_A_TIME = 1_000_000;
/** Of a reader that nobody asks for more, and nobody has ended. */
const IDLE_MS = 120_000;

// No file of its own: a thread would have to find it in a build, from the sources and in a test alike.
const SCRIPT = `
const { parentPort, workerData } = require('node:worker_threads');
const { library, bytes, rowsATime, signsATime, columns, longest, idleMs } = workerData;
const cut = (value) => (typeof value === 'string' ? value.slice(0, longest) : value);
const asked = () => new Promise((next) => {
  const idle = setTimeout(() => process.exit(), idleMs);
  parentPort.once('message', () => {
    clearTimeout(idle);
    next();
  });
});
const read = async () => {
  const { streamXlsxRows } = await import(library);
  let [rows, signs] = [[], 0];
  for await (const { index, values: all } of streamXlsxRows(bytes)) {
    const values = all.slice(0, columns + 1).map(cut);
    rows.push({ index, values });
    for (const value of values) if (typeof value === 'string') signs += value.length;
    if (rows.length < rowsATime && signs < signsATime) continue;
    parentPort.postMessage({ rows, isLast: false });
    [rows, signs] = [[], 0];
    await asked();
  }
  parentPort.postMessage({ rows, isLast: true });
};
read().catch(({ name, message }) => parentPort.postMessage({ error: { name, message } }));
`;

let running = 0;
const waiting: (() => void)[] = [];

async function takeTurn(): Promise<void> {
  if (running < AT_ONCE) running += 1;
  else await new Promise<void>((go) => waiting.push(go));
}

function passTurn(): void {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}

/** Every row of the first sheet; waits where others are read. @throws OutOfRoomError; the library's own errors, by their names */
export async function* readInThread(
  bytes: Uint8Array,
  { heapMb = MAX_HEAP_MB, idleMs = IDLE_MS } = {},
): AsyncGenerator<RawRow> {
  const workerData = {
    ...{ library: import.meta.resolve('hucre/xlsx'), bytes, idleMs },
    ...{ rowsATime: ROWS_A_TIME, signsATime: SIGNS_A_TIME, columns: MAX_COLUMNS, longest: MAX_CELL_LENGTH },
  };
  await takeTurn();
  const worker = new Worker(SCRIPT, {
    ...{ eval: true, workerData },
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // Also of a reader that nobody has ended.
  worker.once('exit', passTurn);
  // Met where a message is waited for.
  worker.on('error', () => {});
  try {
    for (;;) {
      const message = await nextOf(worker);
      if ('error' in message)
        throw Object.assign(new Error(message.error.message), { name: message.error.name });
      yield* message.rows;
      if (message.isLast) return;
      worker.postMessage('more');
    }
  } finally {
    await worker.terminate();
  }
}

/** An ended thread's number. */
const NO_THREAD = -1;
const GONE = 'the reader of workbooks is gone';

async function nextOf(worker: Worker): Promise<Message> {
  // It ended while nobody listened: nothing will be heard of it any more.
  if (worker.threadId === NO_THREAD) throw new Error(GONE);
  const ended = new AbortController();
  const { signal } = ended;
  // Only what is waited for keeps a process from its end.
  worker.ref();
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([message]: Message[]) => {
        if (!message) throw new Error('nothing was said');
        return message;
      }),
      once(worker, 'exit', { signal }).then(() => {
        throw new Error(GONE);
      }),
    ]);
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    throw isFull ? new OutOfRoomError('no room', { cause: error }) : error;
  } finally {
    worker.unref();
    ended.abort();
  }
}
