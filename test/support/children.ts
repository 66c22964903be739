// Child processes of tests: TypeScript run as the application runs it, ended with the test that started them.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface Child {
  pid: number;
  /** The next line the child prints; undefined when it has ended. */
  nextLine: () => Promise<string | undefined>;
  /** Ends it as a power cut would, and waits until it is gone. */
  kill: () => Promise<void>;
  /** Its exit code and all it wrote to stderr. */
  ended: Promise<{ code: number | null; stderr: string }>;
}

/** Runs a TypeScript file in a process of its own; `env`: beside what this process has. */
export function startChild(file: URL, args: string[], env: Record<string, string> = {}): Child {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(file), ...args],
    { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file.pathname} did not start`);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stderr }));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid,
    nextLine: async () => {
      const { value, done } = await lines.next();
      return done ? undefined : value;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
