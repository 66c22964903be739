// Builds the Bolt app: receiver, client options, listeners. Starts nothing.
import { App, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Config } from './config.js';
import type { Deps } from './handlers/deps.js';
import { registerHandlers } from './handlers/index.js';
import { Listeners } from './handlers/listeners.js';
import type { HealthRoute } from './health.js';
import { boltLogger } from './log.js';

export interface AppOptions {
  botToken: string;
  /** Who the app is, from auth.test: without them Bolt asks Slack before each acknowledgement. */
  bot: { botId: string; botUserId: string };
  /** The transport; tests pass one of their own. */
  receiver: Receiver;
  clientOptions?: WebClientOptions;
}

/** The app with all its listeners. */
export function buildApp(deps: Deps, options: AppOptions): App {
  const app = new App({
    token: options.botToken,
    ...options.bot,
    receiver: options.receiver,
    logger: boltLogger(deps.log),
    clientOptions: { ...PROMPT_CALLS, ...options.clientOptions },
    // A start with a wrong token fails in main.ts with words of our own.
    tokenVerificationEnabled: false,
  });
  // What reaches this is a fault of ours: listeners turn their errors into words themselves (handlers/listen.ts).
  app.error(async (error) => {
    deps.log.error({ err: error }, 'listener failed');
  });
  registerHandlers(new Listeners(app), deps);
  return app;
}

/** Socket Mode or signed HTTP, as configured; HTTP answers the health routes on the same port. */
export function createReceiver(config: Config, deps: Pick<Deps, 'log'>, health: HealthRoute[]): Receiver {
  const logger = boltLogger(deps.log);
  if (config.transport.kind === 'http') {
    return new HTTPReceiver({
      signingSecret: config.transport.signingSecret,
      endpoints: '/slack/events',
      port: config.port,
      customRoutes: health,
      logger,
      logLevel: LogLevel.INFO,
    });
  }
  return new SocketModeReceiver({
    appToken: config.transport.appToken,
    logger,
    logLevel: LogLevel.INFO,
    installerOptions: { clientOptions: slackClientOptions(config) },
  });
}

/** Where Web API calls go. */
export function slackClientOptions(config: Config): WebClientOptions {
  return config.slackApiUrl === undefined ? {} : { slackApiUrl: config.slackApiUrl };
}

/**
 * Calls that a person waits for: once more after a short while, never longer, and what Slack limits is refused at once. By
 * itself the client would hold back the calls of everybody for as long as one of them is limited, and repeat what fails
 * for half an hour; a window can be opened for three seconds.
 */
export const PROMPT_CALLS: WebClientOptions = {
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 1, minTimeout: 200, maxTimeout: 300 },
  timeout: 5_000,
};
