// Puts the parts together in order: database, Slack, listeners, jobs; and takes them apart in the opposite one.
// Decides nothing: what each part does is its own.
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { buildApp, createReceiver, PROMPT_CALLS, slackClientOptions } from './app.js';
import { movedClock, systemClock } from './clock.js';
import type { Config } from './config.js';
import type { CompanyInfo } from './ctx.js';
import { type Database, openDatabase } from './db/client.js';
import { DataDirInUseError } from './db/data-dir-lock.js';
import { MigrationError } from './db/migrate.js';
import { findActor } from './domain/members/member.queries.js';
import { ensureMember } from './domain/members/member.service.js';
import { completeCompany, loadCompany } from './domain/settings/company.service.js';
import { Contexts } from './handlers/context.js';
import type { Deps } from './handlers/deps.js';
import { publishHome } from './handlers/home.js';
import { type HealthChecks, healthRoutes, serveHealth } from './health.js';
import { answerCommands } from './jobs/answer-commands.js';
import { createDelivery } from './jobs/deliver-notices.js';
import { createSlackSender } from './jobs/delivery/slack-sender.js';
import { runFirst, startJobs } from './jobs/index.js';
import { boltLogger, type Logger } from './log.js';

/** A long backlog is not waited for. */
const FIRST_RUNS_MS = 5_000;

/** The app cannot start for a reason that the person who starts it can remove; the message names reason and remedy. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface RunningApp {
  /** Stops cron, waits for the running job, then closes Slack and the database; safe to call twice. */
  stop(): Promise<void>;
}

/** True for errors whose message is all that a person needs; anything else deserves its stack. */
export function isExpected(error: unknown): error is Error {
  return error instanceof StartError || error instanceof DataDirInUseError || error instanceof MigrationError;
}

/**
 * Starts the app as configured.
 * @throws StartError, DataDirInUseError, MigrationError; nothing stays open then
 */
export async function startApp(config: Config, log: Logger): Promise<RunningApp> {
  const opened: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = async () => {
    for (const release of opened.toReversed())
      await release().catch((error: unknown) => log.error({ err: error }, 'stop'));
  };
  const stop = () => {
    closing ??= close();
    return closing;
  };
  try {
    // First: a wrong token is the likeliest mistake, and is said before a database is made.
    const client = new WebClient(config.botToken, {
      ...slackClientOptions(config),
      logger: boltLogger(log),
      retryConfig: { retries: 1 },
      timeout: 10_000,
    });
    const bot = await identify(config, client);
    const database = await open(config, log);
    opened.push(() => database.close());
    const moved = config.clockFile === undefined ? undefined : movedClock(config.clockFile);
    const clock = moved?.now ?? systemClock;
    const link = slackLink(client);
    const routes = healthRoutes({ database: database.ping, slack: link.check });
    const receiver = createReceiver(config, { log }, routes);
    link.watch(receiver);
    const slack = createSlackSender({ token: config.botToken, slackApiUrl: config.slackApiUrl, log });
    const delivery = createDelivery({
      db: database.prisma,
      slack,
      clock,
      log,
      shared: database.engine === 'postgres',
      // Where the clock is moved by hand, a minute has the messages of many days, and a second those of a morning.
      ...(moved && { perMinute: Number.POSITIVE_INFINITY, gapMs: 0 }),
    });
    const deps: Deps = {
      db: database.prisma,
      clock,
      log,
      kick: () => delivery.kick(),
      download: (id, maxBytes) => slack.download(id, maxBytes),
    };
    const app = buildApp(deps, {
      botToken: config.botToken,
      bot,
      receiver,
      clientOptions: slackClientOptions(config),
    });
    const contexts = new Contexts(deps);
    // What is limited or hangs is tried again by the next run, and keeps nobody else's Home waiting.
    const homes = new WebClient(config.botToken, {
      ...slackClientOptions(config),
      ...PROMPT_CALLS,
      logger: boltLogger(log),
    });
    const publish = (person: string) => publishHome({ client: homes, deps, contexts }, person);
    const jobDeps = {
      ...deps,
      vacuum: database.vacuum,
      engine: database.engine,
      backups: { dir: config.backupDir, source: database, scheduled: moved === undefined },
      delivery,
      publishHome: publish,
    };
    const { timezone } = await warmUp(deps, bot.botUserId);
    const firstRuns = runFirst(jobDeps);
    opened.push(() => firstRuns);
    opened.push(() => delivery.stop());
    await Promise.race([firstRuns, sleep(FIRST_RUNS_MS, undefined, { ref: false })]);
    // Before Slack is connected: whoever moves the clock from then on waits for what is due.
    moved?.tellDone(null);
    await listen(config, receiver, routes, opened);
    opened.push(() => app.stop());
    const jobs = startJobs(jobDeps, { timezone, ...(moved && { moved }) });
    opened.push(() => jobs.stop());
    database.answerOthers(answerCommands(jobDeps));
    log.info({ transport: config.transport.kind, engine: database.engine, port: config.port }, 'started');
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Asks everything that the first click asks. A process's first query and first transaction take a second or two on a
 * slow machine, and a trigger is good for three: that time is spent before anybody can click.
 */
async function warmUp({ db, clock }: Deps, botUserId: string): Promise<CompanyInfo> {
  const now = clock();
  const company = await loadCompany(db, now);
  await completeCompany(db, company, now);
  const { locale, timezone } = company;
  // The bot is no member: asking for it leaves everything as it is.
  const bot = { slackUserId: botUserId, name: '', email: null, locale, timezone };
  await ensureMember(db, now, { ...bot, workspaceAdmin: false, outsider: true });
  await findActor(db, botUserId);
  return company;
}

async function open(config: Config, log: Logger): Promise<Database> {
  try {
    return await openDatabase({
      ...(config.databaseUrl !== undefined && { databaseUrl: config.databaseUrl }),
      dataDir: config.dataDir,
      log: { info: (message) => log.info(message), error: (message) => log.error(message) },
    });
  } catch (error) {
    if (isExpected(error)) throw error;
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const remedy =
      config.databaseUrl === undefined
        ? `Check that ${config.dataDir} can be written, or choose another directory with DATA_DIR.`
        : 'Check DATABASE_URL: host, port, user, password and database, and that the server runs.';
    throw new StartError(`The database cannot be opened (${reason}). ${remedy}`, { cause: error });
  }
}

/** Checks the bot token, and learns who the app is. */
async function identify(config: Config, client: WebClient): Promise<{ botId: string; botUserId: string }> {
  try {
    const { bot_id: botId, user_id: botUserId } = await client.auth.test();
    if (botId !== undefined && botUserId !== undefined) return { botId, botUserId };
    throw new StartError(
      'SLACK_BOT_TOKEN is not a bot’s token. Copy the Bot User OAuth Token that starts with xoxb-.',
    );
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (error instanceof WebAPIPlatformError) {
      throw new StartError(
        `Slack refused SLACK_BOT_TOKEN (${error.data.error}). Install the app in the workspace again and copy the ` +
          'Bot User OAuth Token that starts with xoxb-.',
        { cause: error },
      );
    }
    throw new StartError(
      `Slack cannot be reached at ${config.slackApiUrl ?? 'https://slack.com/api/'}. Check the network, the proxy, ` +
        'and SLACK_API_URL if it is set.',
      { cause: error },
    );
  }
}

/** Whether Slack is there: in Socket Mode the socket, over HTTP an answer to auth.test in the last half minute. */
function slackLink(client: WebClient): { check: HealthChecks['slack']; watch(receiver: Receiver): void } {
  const FRESH_MS = 30_000;
  let socketUp: boolean | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  return {
    watch(receiver) {
      if (!(receiver instanceof SocketModeReceiver)) return;
      socketUp = false;
      receiver.client.on('connected', () => {
        socketUp = true;
      });
      for (const event of ['reconnecting', 'disconnecting', 'disconnected'])
        receiver.client.on(event, () => {
          socketUp = false;
        });
    },
    async check() {
      if (socketUp === false) throw new Error('the socket is not connected');
      if (socketUp === true || performance.now() - answeredAt < FRESH_MS) return;
      await client.auth.test();
      answeredAt = performance.now();
    },
  };
}

/** Opens the port, and in Socket Mode the connection; nothing is taken in before. */
async function listen(
  config: Config,
  receiver: Receiver,
  routes: ReturnType<typeof healthRoutes>,
  opened: (() => Promise<unknown>)[],
): Promise<void> {
  const address = { port: config.port, ...(config.host !== undefined && { host: config.host }) };
  try {
    if (receiver instanceof HTTPReceiver) {
      await receiver.start(address);
      return;
    }
    const health = await serveHealth(routes, address);
    opened.push(() => closeServer(health));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StartError(`Port ${config.port} cannot be opened (${code}). Set PORT to a free port.`, {
      cause: error,
    });
  }
  try {
    await receiver.start();
  } catch (error) {
    const reason = error instanceof WebAPIPlatformError ? error.data.error : String(error);
    throw new StartError(
      `Slack refused the Socket Mode connection (${reason}). Check SLACK_APP_TOKEN: an app-level token that starts ` +
        'with xapp- and has the scope connections:write; and that Socket Mode is on in the app’s settings.',
      { cause: error },
    );
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
