// Lets the `pg` driver talk to the engine inside this process: a Duplex that frames the driver's bytes
// into protocol messages and hands each to the engine. It must never acknowledge work of a failed engine.
import { Duplex } from 'node:stream';

/** One session of an engine that answers protocol messages. */
export interface ProtocolEngine {
  /** Forgets everything the last client left in the session (open transaction, settings, locks). */
  resetSession: () => Promise<void>;
  /** Runs one message and returns the answer's bytes. @throws when the engine can no longer be trusted. */
  execute: (message: Uint8Array) => Promise<Uint8Array>;
}

/** The engine in this process is lost; only a restart of the process brings it back. */
export class EngineFailedError extends Error {
  override readonly name = 'EngineFailedError';
  readonly code = 'EIO';
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} Check the disk and restart the application.`, options);
  }
}

const TYPE_TERMINATE = 'X'.charCodeAt(0);
const TYPE_SYNC = 'S'.charCodeAt(0);
const TYPE_QUERY = 'Q'.charCodeAt(0);
const TYPE_READY = 'Z'.charCodeAt(0);
const READY_BYTES = 6;

type Callback = (error?: Error | null) => void;

/** A client connection to `engine`; pass it as `stream` in the configuration of `pg`. */
export class ProtocolStream extends Duplex {
  readonly #engine: ProtocolEngine;
  #pending: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(engine: ProtocolEngine) {
    super();
    this.#engine = engine;
  }

  // What `pg` calls on a net.Socket.
  connect(): this {
    setImmediate(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#accept([chunk], callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    this.#accept(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  override _final(callback: Callback): void {
    this.push(null);
    callback();
  }

  #accept(chunks: Buffer[], callback: Callback): void {
    this.#pending = Buffer.concat([this.#pending, ...chunks]);
    this.#run().then(
      // The engine works synchronously: between round trips everybody else gets a turn.
      () => setImmediate(callback),
      (error: Error) => callback(error),
    );
  }

  async #run(): Promise<void> {
    const answers: Uint8Array[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next()) {
      const type = message[0];
      if (type === TYPE_TERMINATE && this.#started) {
        this.push(null);
        return;
      }
      if (!this.#started) {
        await this.#engine.resetSession();
        this.#started = true;
      }
      const answer = await this.#engine.execute(message);
      if ((type === TYPE_SYNC || type === TYPE_QUERY) && !endsReady(answer)) {
        throw new EngineFailedError('The embedded database stopped answering.');
      }
      answers.push(answer);
    }
    if (answers.length > 0) this.push(Buffer.concat(answers));
  }

  /** The next whole message; the first of a connection (startup) has no type byte. */
  #next(): Buffer | undefined {
    const typeBytes = this.#started ? 1 : 0;
    if (this.#pending.length < typeBytes + 4) return undefined;
    const length = typeBytes + this.#pending.readInt32BE(typeBytes);
    if (this.#pending.length < length) return undefined;
    const message = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return message;
  }
}

function endsReady(answer: Uint8Array): boolean {
  return answer.length >= READY_BYTES && answer[answer.length - READY_BYTES] === TYPE_READY;
}
