// A lint that has never been seen to fail is not trusted: the type-aware rules must find the probe.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

it('finds a floating and a misused promise', () => {
  const probe = 'test/probes/floating-promise.ts';
  const config = join(ROOT, '.oxlintrc.json');
  const run = spawnSync('npx', ['oxlint', '--type-aware', '-c', config, '-f', 'unix', probe], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(run.status).not.toBe(0);
  expect(run.stdout).toContain('no-floating-promises');
  expect(run.stdout).toContain('no-misused-promises');
});
