// The program in sandbox/README.md, as a reader would run it, over both transports: a Bolt app that is not this repository's.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { reservePort } from './support.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The blocks of code in the order in which one reads them. */
function readProgram(): string {
  const text = readFileSync(new URL('../../sandbox/README.md', import.meta.url), 'utf8');
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code).join('\n');
}

it.each(['socket', 'http'])('runs over %s', async (transport) => {
  const { PORT: _port, ...env } = process.env;
  const place = transport === 'http' ? { PORT: String(await reservePort()) } : {};
  // The last line says that everything before it was true.
  const code = `${readProgram()}\nconsole.log('done');`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: ROOT,
    env: { ...env, ...place },
    timeout: 60_000,
  });
  expect(stdout.trim().split('\n').at(-1)).toBe('done');
});
