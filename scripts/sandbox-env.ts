// What the sandbox's app finds in its environment. Pure.
import type { Sandbox } from '../sandbox/server/sandbox.js';

/** Where one sandbox keeps its app. */
export interface AppPlace {
  readonly appPort: number;
  readonly dataDir: string;
  readonly clockFile: string;
  readonly http: boolean;
  readonly logLevel?: string | undefined;
}

/**
 * Every variable the app reads, also those that are not wanted, which are empty: what is left out would be read from the
 * .env of a real workspace, and the demo's backups would take the place of real ones.
 */
export function appEnv(
  sandbox: Pick<Sandbox, 'botToken' | 'appToken' | 'signingSecret' | 'apiUrl'>,
  place: AppPlace,
): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: sandbox.botToken,
    SLACK_APP_TOKEN: place.http ? '' : sandbox.appToken,
    SLACK_SIGNING_SECRET: place.http ? sandbox.signingSecret : '',
    SLACK_API_URL: sandbox.apiUrl,
    PORT: String(place.appPort),
    DATABASE_URL: '',
    DATA_DIR: place.dataDir,
    BACKUP_DIR: '',
    CLOCK_FILE: place.clockFile,
    LOG_LEVEL: place.logLevel ?? 'warn',
  };
}
