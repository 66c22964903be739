// The entry: environment → app → signals. Everything else is start.ts, so that tests can start the app without a process.
import { existsSync } from 'node:fs';
import { ConfigError, readConfig } from './config.js';
import { createLog } from './log.js';
import { isExpected, startApp } from './start.js';

/** A stop that takes longer is given up: whatever kills the process next is better told so by the exit code. */
const STOP_TIMEOUT_MS = 25_000;

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const starting = startApp(config, log);
  // From now on: a signal during the start stops what has started, too.
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    void starting.then((app) => app.stop()).then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await starting;
}

main().catch((error: unknown) => {
  const told = error instanceof ConfigError || isExpected(error);
  process.stderr.write(`${told ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
