// The library that reads workbooks, in a thread of its own: it holds at once whatever the cells share, and takes seconds to
// take that apart, in which nobody else would be served; and where there is no room for it, only the thread ends.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A row as the library gives it, from 0. */
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
/** Rows that are handed over at once. */
const ROWS_A_TIME = 500;
/** Of a reader that nobody asks for more, and nobody has ended. */
const IDLE_MS = 120_000;

// No file of its own: a thread would have to find it in a build, from the sources and in a test alike.
const SCRIPT = `
const { parentPort, workerData } = require('node:worker_threads');
const { library, bytes, rowsATime, idleMs } = workerData;
const asked = () => new Promise((next) => {
  const idle = setTimeout(() => process.exit(), idleMs);
  parentPort.once('message', () => {
    clearTimeout(idle);
    next();
  });
});
const read = async () => {
  const { streamXlsxRows } = await import(library);
  let rows = [];
  for await (const { index, values } of streamXlsxRows(bytes)) {
    rows.push({ index, values });
    if (rows.length < rowsATime) continue;
    parentPort.postMessage({ rows, isLast: false });
    rows = [];
    await asked();
  }
  parentPort.postMessage({ rows, isLast: true });
};
read().catch(({ name, message }) => parentPort.postMessage({ error: { name, message } }));
`;

/** Every row of the first sheet. @throws OutOfRoomError; the library's own errors, by their names */
export async function* readInThread(bytes: Uint8Array, heapMb = MAX_HEAP_MB): AsyncGenerator<RawRow> {
  const worker = new Worker(SCRIPT, {
    eval: true,
    workerData: {
      ...{ library: import.meta.resolve('hucre/xlsx'), bytes },
      ...{ rowsATime: ROWS_A_TIME, idleMs: IDLE_MS },
    },
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
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

async function nextOf(worker: Worker): Promise<Message> {
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
        throw new Error('the reader of workbooks is gone');
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
