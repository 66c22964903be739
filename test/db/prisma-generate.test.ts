import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const project = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('an installation without development tools has nothing to generate, and says nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'huikuan-generate-'));
  try {
    await cp(project('scripts/prisma-generate.mjs'), join(dir, 'scripts', 'prisma-generate.mjs'));
    await cp(project('package.json'), join(dir, 'package.json'));
    const { stdout, stderr } = await run(process.execPath, [join(dir, 'scripts', 'prisma-generate.mjs')]);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('the stand-in for the schema engine fails, so that nothing takes it for a success', async () => {
  await expect(run(project('scripts/schema-engine-stub.sh'), ['--version'])).rejects.toMatchObject({
    code: 1,
  });
});
