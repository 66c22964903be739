// Reads and checks the environment, once, at the start; the only reader of process.env in the app.
import { join } from 'node:path';
import { z } from 'zod';

const optional = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : text))
  .optional();

/** A prefix alone is what .env.example holds: nothing was filled in. */
const token = (prefix: string, where: string) =>
  optional.refine((text) => text === undefined || (text.startsWith(prefix) && text.length > prefix.length), {
    error: `must start with ${prefix} and go on. Copy it whole from ${where}.`,
  });

const DEFAULT_PORT = 3000;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const environment = z.object({
  SLACK_BOT_TOKEN: token('xoxb-', 'your app’s page, "OAuth & Permissions", "Bot User OAuth Token"'),
  SLACK_APP_TOKEN: token(
    'xapp-',
    'your app’s page, "Basic Information", "App-Level Tokens" (scope connections:write)',
  ),
  SLACK_SIGNING_SECRET: optional,
  SLACK_API_URL: optional.refine((text) => text === undefined || URL.canParse(text), {
    error: 'is not a URL. Leave it out for Slack itself, or write for example http://127.0.0.1:4000/api/.',
  }),
  PORT: optional.refine((text) => text === undefined || (/^\d+$/.test(text) && Number(text) < 65536), {
    error: 'is not a port. Write a number from 0 to 65535, for example 3000.',
  }),
  DATABASE_URL: optional.refine((text) => text === undefined || isDatabaseUrl(text), {
    error:
      'is not a PostgreSQL URL. Write postgresql://user:password@host:5432/database, or leave it out for the embedded database.',
  }),
  DATA_DIR: optional,
  BACKUP_DIR: optional,
  CLOCK_FILE: optional,
  LOG_LEVEL: optional.pipe(
    z
      .enum(LOG_LEVELS, { error: `is not one of ${LOG_LEVELS.join(', ')}. Leave it out for info.` })
      .optional(),
  ),
});

/** Whether it names a server of PostgreSQL; a port beyond 65535 is no URL. */
function isDatabaseUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, searchParams } = new URL(text);
  return hostname !== '' || pathname.length > 1 || searchParams.has('host');
}

export interface Config {
  readonly botToken: string;
  /** Socket Mode with an app token, signed HTTP with a signing secret. */
  readonly transport: { kind: 'socket'; appToken: string } | { kind: 'http'; signingSecret: string };
  /** /livez and /readyz, and over HTTP Slack's signed requests; 3000 unless set. */
  readonly port: number;
  /** The address the port is opened on; undefined: every one. The sandbox's app stays on the loopback. */
  readonly host: string | undefined;
  /** Ends with a slash; undefined for Slack itself. */
  readonly slackApiUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Where backups are written and kept. */
  readonly backupDir: string;
  /** A file with a clock offset, for the local sandbox only. */
  readonly clockFile: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Everything wrong with the environment, in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not complete:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

/**
 * The configuration from environment variables.
 * @throws ConfigError naming every problem and its remedy
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const isTokenWrong =
    !parsed.success && parsed.error.issues.some(({ path }) => path[0] === 'SLACK_APP_TOKEN');
  const has = (name: string) => (env[name] ?? '').trim() !== '';
  if (!has('SLACK_BOT_TOKEN')) {
    problems.push(
      'SLACK_BOT_TOKEN is missing. Install the app in your workspace and copy the token that starts with xoxb-.',
    );
  }
  if (!has('SLACK_APP_TOKEN') && !has('SLACK_SIGNING_SECRET')) {
    problems.push(
      'Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (signed HTTP) is set. Set one of them: ' +
        'Socket Mode needs no public address, signed HTTP needs PORT and a public URL ending in /slack/events.',
    );
  }
  if (isTokenWrong && has('SLACK_SIGNING_SECRET')) {
    problems.push(
      'SLACK_SIGNING_SECRET is set, too: for signed HTTP remove the line SLACK_APP_TOKEN, which is for Socket Mode.',
    );
  }
  if (!has('SLACK_APP_TOKEN') && has('SLACK_SIGNING_SECRET') && !has('PORT')) {
    problems.push(
      'PORT is missing. Signed HTTP listens on it for Slack’s requests at /slack/events, for example PORT=3000.',
    );
  }
  if (has('CLOCK_FILE') && !isLoopback(env.SLACK_API_URL)) {
    problems.push(
      'CLOCK_FILE moves the clock and is only for the local sandbox. Remove it, or set SLACK_API_URL to a loopback address.',
    );
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const values = parsed.data;
  return {
    botToken: values.SLACK_BOT_TOKEN ?? '',
    transport: values.SLACK_APP_TOKEN
      ? { kind: 'socket', appToken: values.SLACK_APP_TOKEN }
      : { kind: 'http', signingSecret: values.SLACK_SIGNING_SECRET ?? '' },
    port: Number(values.PORT ?? DEFAULT_PORT),
    host: isLoopback(values.SLACK_API_URL) ? '127.0.0.1' : undefined,
    slackApiUrl: values.SLACK_API_URL?.replace(/\/*$/, '/'),
    ...placesOf(values),
    clockFile: values.CLOCK_FILE,
    logLevel: values.LOG_LEVEL ?? 'info',
  };
}

/** Only where the database is, for what runs beside the app and never talks to Slack. @throws ConfigError */
export function readDatabaseConfig(env: Record<string, string | undefined>): Places {
  const places = environment.pick({ DATABASE_URL: true, DATA_DIR: true, BACKUP_DIR: true });
  const parsed = places.safeParse(env);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  return placesOf(parsed.data);
}

type Places = Pick<Config, 'databaseUrl' | 'dataDir' | 'backupDir'>;

const DEFAULT_DATA_DIR = './data';

function placesOf(
  values: Pick<z.infer<typeof environment>, 'DATABASE_URL' | 'DATA_DIR' | 'BACKUP_DIR'>,
): Places {
  const dataDir = values.DATA_DIR ?? DEFAULT_DATA_DIR;
  return {
    databaseUrl: values.DATABASE_URL,
    dataDir,
    backupDir: values.BACKUP_DIR ?? join(dataDir, 'backups'),
  };
}

function isLoopback(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
