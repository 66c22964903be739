// What `npm run sandbox` may be told, and the answer to what it does not know. Pure.
import { parseArgs } from 'node:util';

const OPTIONS =
  'Options: --reset starts afresh · 重新开始; --http signed HTTP · 签名 HTTP; --port N the page’s port · 网页端口.';
const HIGHEST_PORT = 65_535;

export type SandboxOptions =
  | { readonly port: number; readonly http: boolean; readonly reset: boolean }
  /** Asked for, or the answer to what was not understood. */
  | { readonly usage: string; readonly isAsked: boolean };

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
