import { expect, it } from 'vitest';
import { NotConnectedError, readSandboxOptions, startFailure } from '../../scripts/sandbox-options.js';
import { DataDirInUseError } from '../../src/db/data-dir-lock.js';

it('reads what the sandbox is started with', () => {
  expect(readSandboxOptions([])).toEqual({ port: 4400, http: false, reset: false });
  expect(readSandboxOptions(['--port', '4000', '--http', '--reset'])).toEqual({
    port: 4000,
    http: true,
    reset: true,
  });
});

it.each([
  ['--help', true],
  ['-h', true],
  ['--reste', false],
  ['--port=many', false],
  ['--port=70000', false],
] as const)('answers %s with what there is', (word, isAsked) => {
  const read = readSandboxOptions([word]);
  expect(read).toMatchObject({ isAsked, usage: expect.stringContaining('--reset') });
});

it('says what to do when it cannot start, and where it broke when that is not known', () => {
  const late = startFailure(new NotConnectedError(60));
  expect(late).toContain('did not connect within 60 seconds');
  expect(late).toContain('Start it again');
  expect(late).toContain('重新启动');
  expect(late).not.toMatch(/^\s+at /m);
  const taken = new DataDirInUseError('/data', 1);
  expect(startFailure(taken)).toBe(taken.message);
  expect(startFailure(new RangeError('broken'))).toMatch(/RangeError: broken\n\s+at /);
});
