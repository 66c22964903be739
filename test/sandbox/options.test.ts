import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { appEnv } from '../../scripts/sandbox-env.js';
import { NotConnectedError, readSandboxOptions, startFailure } from '../../scripts/sandbox-options.js';
import { readConfig } from '../../src/config.js';
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
  const taken = startFailure(new DataDirInUseError('/data', 17));
  expect(taken).toContain('running already (process 17). Stop it with Ctrl-C');
  expect(taken).toContain('kill 17。');
  expect(taken).not.toContain('DATA_DIR');
  expect(startFailure(new RangeError('broken'))).toMatch(/RangeError: broken\n\s+at /);
});

const SLACK = {
  botToken: 'xoxb-1',
  appToken: 'xapp-1',
  signingSecret: 'secret',
  apiUrl: 'http://127.0.0.1:4000/api/',
};

it.each([true, false])('leaves its app nothing of the .env of a real workspace (http %s)', (http) => {
  const said = appEnv(SLACK, { appPort: 4001, dataDir: '/demo/db', clockFile: '/demo/clock.json', http });
  const lines = readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z_]+)=/gm);
  expect([...lines].map(([, name]) => name).filter((name = '') => !(name in said))).toEqual([]);
  expect(readConfig({ BACKUP_DIR: '/mnt/backups', DATABASE_URL: 'postgresql://h/d', ...said })).toMatchObject(
    {
      transport: { kind: http ? 'http' : 'socket' },
      databaseUrl: undefined,
      backupDir: '/demo/db/backups',
    },
  );
});
