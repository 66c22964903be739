// A file that somebody sends: in the thread of a message about money a voucher of it (F50), else, in the conversation with
// the app, perhaps one to import. Files elsewhere are not looked at.
import type { FilesInfoResponse, WebClient } from '@slack/web-api';
import type { UploadedFile } from '../domain/attachments.js';
import { DomainError } from '../domain/errors.js';
import { findMoneyOf, hasMoneyThreads } from '../domain/receipts/receipt-thread.queries.js';
import type { VoucherOwner } from '../domain/receipts/voucher.js';
import { addVoucher } from '../domain/receipts/voucher.service.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { translator } from './i18n/index.js';
import { noteFile } from './imports.js';
import { later } from './later.js';
import type { Doors } from './listen.js';
import { sendable } from './views/info-view.js';

/** Slack may tell of a file before it says where it is. */
const WAITS_MS = [0, 500, 2_000] as const;

/** Plugs in the event. */
export function registerSharedFiles(doors: Doors, deps: Deps): void {
  doors.event('file_shared', async (event, client, botUserId) => {
    const { channel_id: channel, user_id: user, file_id: id } = event;
    // What the app itself posts.
    if (user === botUserId) return;
    const isOwn = channel.startsWith('D');
    if (!isOwn && !(await hasMoneyThreads(deps.db, channel))) return;
    const shared = await findShared(client, id, channel);
    if (!shared) return;
    for (const thread of shared.threads) {
      const money = await findMoneyOf(deps.db, { channel, ts: thread });
      if (money) return takeVoucher(doors, deps, client, { money, file: shared.file, channel, user, thread });
    }
    if (isOwn) await noteFile(doors, deps, client, { file: shared.file, channel, user, ts: shared.ts });
  });
}

type SlackFile = NonNullable<FilesInfoResponse['file']>;

interface Shared {
  readonly file: SlackFile;
  /** Of the newest message with it in the channel, and of the threads that it is in, the newest first. */
  readonly ts: string | undefined;
  readonly threads: readonly string[];
}

async function findShared(client: WebClient, id: string, channel: string): Promise<Shared | null> {
  let file: SlackFile | undefined;
  for (const ms of WAITS_MS) {
    if (ms > 0) await later(ms);
    ({ file } = await client.files.info({ file: id }));
    const { private: closed, public: open } = file?.shares ?? {};
    const shares = (closed?.[channel] ?? open?.[channel] ?? []).toSorted(
      (a, b) => Number(b.ts) - Number(a.ts),
    );
    if (file && shares.length > 0)
      return { file, ts: shares[0]?.ts, threads: shares.flatMap((one) => one.thread_ts ?? []) };
  }
  return file ? { file, ts: undefined, threads: [] } : null;
}

interface Dropped {
  readonly money: VoucherOwner;
  readonly file: SlackFile;
  readonly channel: string;
  readonly user: string;
  readonly thread: string;
}

async function takeVoucher(doors: Doors, deps: Deps, client: WebClient, dropped: Dropped): Promise<void> {
  const { money, file, channel, user, thread } = dropped;
  const isOwn = channel.startsWith('D');
  /** In a channel for the person alone: it is their language, and the others see the file. */
  const answer = (text: string) => {
    const said = sendable({ text });
    return isOwn
      ? client.chat.postMessage({ channel, thread_ts: thread, ...said })
      : client.chat.postEphemeral({ channel, user, thread_ts: thread, ...said });
  };
  try {
    const ctx = await doors.contexts.of(client, user);
    const added = await addVoucher(ctx, money, uploaded(file), { seen: !isOwn });
    if (!added) return;
    deps.kick();
    await answer(translator(ctx.actor.locale)('receipts:voucher.added', added));
  } catch (error) {
    await answer(describeError(error, doors.readerFor(user), deps.log).text);
  }
}

/** @throws DomainError file.rejected: it is not in Slack but only linked, as from a drive */
function uploaded(file: SlackFile): UploadedFile {
  const name = file.name ?? '';
  if (file.is_external === true)
    throw new DomainError('file.rejected', { file: name, reason: 'not_a_voucher' });
  return {
    slackFileId: file.id ?? '',
    name,
    mime: file.mimetype ?? 'application/octet-stream',
    size: file.size ?? 0,
  };
}
