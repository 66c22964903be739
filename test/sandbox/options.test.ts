import { expect, it } from 'vitest';
import { readSandboxOptions } from '../../scripts/sandbox-options.js';

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
