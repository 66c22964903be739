// Makes a directory with those above it, one after the other: where nothing can be made, as in /proc, Node's own way of
// doing it (mkdir with `recursive`) never ends.
import { access, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes what is missing of the path; what is there stays as it is. @throws the system's error, naming the directory */
export async function makeDir(path: string, mode = 0o777): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await isThere(at)); at = dirname(at)) missing.unshift(at);
  for (const dir of missing) {
    await mkdir(dir, { mode }).catch((error: unknown) => {
      // Another process may have been faster.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => dirname(path) === path,
  );
