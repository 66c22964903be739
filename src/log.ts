// The log: pino behind Bolt's Logger. Personal data, amounts and tokens never go in.
import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { type Logger, pino } from 'pino';
import type { Config } from './config.js';

export type { Logger } from 'pino';

const SECRET = /xox[abeprs]-[\w-]+|xapp-[\w-]+/g;

/** The app's log; writes JSON lines to standard error. */
export function createLog(level: Config['logLevel']): Logger {
  return pino(
    {
      level,
      redact: ['*.token', '*.botToken', '*.appToken', '*.signingSecret', '*.authorization'],
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination(2),
  );
}

/** Bolt and the Web API client log through the same stream; tokens in their texts are cut out. */
export function boltLogger(log: Logger): BoltLogger {
  const text = (parts: unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .replace(SECRET, '[secret]');
  return {
    // Their debug texts are whole payloads: names, amounts, tokens.
    debug: () => {},
    info: (...parts) => log.info(text(parts)),
    warn: (...parts) => log.warn(text(parts)),
    error: (...parts) => log.error(text(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
