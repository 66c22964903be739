// The entry: environment → app → signals. Everything else is start.ts, so that tests can start the app without a process.
import { existsSync } from 'node:fs';
import { ConfigError, readConfig } from './config.js';
import { createLog } from './log.js';

/** A stop that takes longer is given up: whatever kills the process next is better told so by the exit code. */
const STOP_TIMEOUT_MS = 25_000;

/** The message is all that a person needs. */
class ToldError extends Error {}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  // Loaded only now: what is wrong with the configuration is said at once, not after the whole app has been read.
  const { isExpected, startApp } = await import('./start.js');
  const starting = startApp(config, log).catch((error: unknown) => {
    throw isExpected(error) ? new ToldError(error.message) : error;
  });
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
  const told = error instanceof ConfigError || error instanceof ToldError;
  process.stderr.write(`${told ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
