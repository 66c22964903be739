// Fetches files that came through Slack soon after they were given, whether or not anybody asks for them: one that is
// deleted there, or whose uploader leaves, stays (rules §2). Any number of instances may run it.
import type { SystemCtx } from '../ctx.js';
import type { Db } from '../db/client.js';
import { MAX_FILE_BYTES } from '../domain/attachments.js';
import type { Logger } from '../log.js';
import { keepBytes } from './delivery/attachments.js';

/** Longer than a download may take. */
const LEASE_SECONDS = 120;
/** What Slack does not have after this is deleted there, or too large: it is not asked for any more. */
const REFUSALS = 3;
/** Of a network that is away: with the back-off about half a day. */
const ATTEMPTS = 20;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 3_600;
const FILES_A_RUN = 20;

export interface KeepFilesEnv {
  readonly download: (slackFileId: string, maxBytes: number) => Promise<Buffer | null>;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

interface Claimed {
  readonly id: string;
  readonly slackFileId: string;
  readonly attempts: number;
}

/** Fetches what is due, one file after the other; returns how many are kept and how many are gone for good. */
export async function keepFiles(
  { db }: Pick<SystemCtx, 'db'>,
  { download, log, stopping }: KeepFilesEnv,
): Promise<{ kept: number; gone: number }> {
  const done = { kept: 0, gone: 0 };
  for (let count = 0; count < FILES_A_RUN && !stopping.aborted; count += 1) {
    const file = await claim(db);
    if (!file) break;
    try {
      const data = await download(file.slackFileId, MAX_FILE_BYTES);
      if (data) {
        await keepBytes(db, file.id, data);
        done.kept += 1;
      } else if (await putOff(db, file, REFUSALS)) done.gone += 1;
    } catch (error) {
      log.warn({ err: error, attachmentId: file.id }, 'a file could not be fetched');
      if (await putOff(db, file, ATTEMPTS)) done.gone += 1;
    }
  }
  return done;
}

async function claim(db: Db): Promise<Claimed | null> {
  const [file] = await db.$queryRaw<Claimed[]>`
    UPDATE attachment SET fetch_at = now() + make_interval(secs => ${LEASE_SECONDS}), fetch_attempts = fetch_attempts + 1
    WHERE id = (SELECT id FROM attachment WHERE fetch_at <= now() ORDER BY fetch_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text, slack_file_id AS "slackFileId", fetch_attempts AS attempts`;
  return file ?? null;
}

/** Tried again later, or never more; true for never. Sent meanwhile to somebody, it is kept already. */
async function putOff(db: Db, { id, attempts }: Claimed, most: number): Promise<boolean> {
  const last = attempts >= most;
  const seconds = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempts - 1));
  await db.$executeRaw`
    UPDATE attachment SET fetch_at = CASE WHEN ${last} THEN NULL ELSE now() + make_interval(secs => ${seconds}) END
    WHERE id = ${id}::uuid AND bytes IS NULL`;
  return last;
}
