// What `npm run sandbox` may be told, the answer to what it does not know, and what it says when it cannot start. Pure.
import { parseArgs } from 'node:util';
import { DataDirInUseError } from '../src/db/data-dir-lock.js';

const OPTIONS =
  'Options: --reset starts afresh · 重新开始; --http signed HTTP · 签名 HTTP; --port N the page’s port · 网页端口.';
const HIGHEST_PORT = 65_535;

export type SandboxOptions =
  | { readonly port: number; readonly http: boolean; readonly reset: boolean }
  /** Asked for, or the answer to what was not understood. */
  | { readonly usage: string; readonly isAsked: boolean };

/** The app was started and did not connect in time. */
export class NotConnectedError extends Error {
  constructor(seconds: number) {
    super(
      `The app did not connect within ${seconds} seconds; the machine may be busy. Start it again: what is there is kept.\n` +
        `应用 ${seconds} 秒内没有连上，机器可能太忙。重新启动即可，已有的数据都在。`,
    );
  }
}

/** What is said of a start that failed: what to do where that is known, else where it broke. */
export function startFailure(error: unknown): string {
  // Its directory is its own: there is no other to choose.
  if (error instanceof DataDirInUseError)
    return (
      `The sandbox is running already (process ${error.pid}). Stop it with Ctrl-C where it runs, or: kill ${error.pid}.\n` +
      `sandbox 已在运行（进程 ${error.pid}）。在它的窗口按 Ctrl-C，或：kill ${error.pid}。`
    );
  if (error instanceof NotConnectedError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Reads the words after the command; the page's port is 4400 unless told. */
export function readSandboxOptions(args: string[]): SandboxOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4400' },
        http: { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { usage: OPTIONS, isAsked: true };
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT)
      return { usage: `“${values.port}” is no port · 不是端口。\n${OPTIONS}`, isAsked: false };
    return { port, http: values.http, reset: values.reset };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { usage: `${why}\n${OPTIONS}`, isAsked: false };
  }
}
