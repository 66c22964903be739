// The environment: every problem in one message, and what is understood when there is none.
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.js';

const SOCKET = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('names everything that is missing, each with its remedy, in one message', () => {
    const problems = problemsOf({});
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/SLACK_BOT_TOKEN is missing.*xoxb-/);
    expect(problems[1]).toMatch(/SLACK_APP_TOKEN.*SLACK_SIGNING_SECRET/);
  });

  it('names everything that is wrong at once', () => {
    const problems = problemsOf({
      SLACK_BOT_TOKEN: 'xoxp-user',
      SLACK_APP_TOKEN: 'nonsense',
      SLACK_API_URL: 'not a url',
      PORT: 'eighty',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
    });
    for (const name of [
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'SLACK_API_URL',
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
    ])
      expect(problems.filter((problem) => problem.startsWith(name))).toHaveLength(1);
  });

  it('takes the placeholder of an app token for what is to be removed where signed HTTP is filled in', () => {
    const copied = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-',
      SLACK_SIGNING_SECRET: 's',
      PORT: '3000',
    };
    expect(problemsOf(copied)).toEqual([
      expect.stringContaining('SLACK_APP_TOKEN must start with xapp-'),
      expect.stringMatching(/^SLACK_SIGNING_SECRET is set, too: .* remove the line SLACK_APP_TOKEN/),
    ]);
    expect(problemsOf({ ...copied, SLACK_APP_TOKEN: '' })).toEqual([]);
    expect(problemsOf({ ...copied, SLACK_SIGNING_SECRET: '' })).toHaveLength(1);
  });

  it.each([
    'postgresql://',
    'postgresql://host:99999/db',
    'postgresql://a b/db',
    'postgresql:host',
    'http://host/db',
  ])('names a database URL that cannot be one, with everything else: %s', (url) => {
    const problems = problemsOf({ SLACK_APP_TOKEN: 'xapp-1', DATABASE_URL: url });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(['DATABASE_URL', 'SLACK_BOT_TOKEN']);
  });

  it.each([
    'postgresql://u:p@host/db',
    'postgres://host',
    'postgresql:///db',
    'postgresql://?host=/var/run',
    'postgresql://u@[::1]:5432/db',
  ])('takes %s', (url) => {
    expect(readConfig({ ...SOCKET, DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it('never repeats a secret', () => {
    const problems = problemsOf({ SLACK_BOT_TOKEN: 'secret-token', SLACK_APP_TOKEN: 'secret-app' });
    expect(problems.join()).not.toContain('secret-');
  });

  it('takes Socket Mode with an app token, health on port 3000 unless set', () => {
    expect(readConfig(SOCKET)).toMatchObject({
      transport: { kind: 'socket', appToken: 'xapp-1' },
      port: 3000,
      host: undefined,
      dataDir: './data',
      logLevel: 'info',
    });
  });

  it('takes signed HTTP with a secret, and then wants a port', () => {
    const http = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' };
    expect(problemsOf(http)).toEqual([expect.stringContaining('PORT is missing')]);
    expect(readConfig({ ...http, PORT: '8080' })).toMatchObject({ transport: { kind: 'http' }, port: 8080 });
  });

  it('treats empty values as absent', () => {
    const config = readConfig({ ...SOCKET, DATABASE_URL: '', SLACK_SIGNING_SECRET: ' ', CLOCK_FILE: '' });
    expect(config).toMatchObject({ databaseUrl: undefined, clockFile: undefined });
  });

  it('moves the clock only on the loopback', () => {
    const moved = { ...SOCKET, CLOCK_FILE: '/tmp/clock.json' };
    expect(problemsOf(moved)).toEqual([expect.stringContaining('CLOCK_FILE')]);
    for (const url of ['https://slack.com/api/', 'http://127.0.0.1.example.com/api/', 'http://10.0.0.1/api/'])
      expect(problemsOf({ ...moved, SLACK_API_URL: url })).toHaveLength(1);
    for (const url of ['http://127.0.0.1:4000/api', 'http://localhost:1/api/', 'http://[::1]:4/api/']) {
      const config = readConfig({ ...moved, SLACK_API_URL: url });
      expect(config.clockFile).toBe('/tmp/clock.json');
      expect(config.host).toBe('127.0.0.1');
      expect(config.slackApiUrl).toMatch(/\/api\/$/);
    }
  });
});
