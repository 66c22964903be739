// A voucher that follows its money (F50): dropped into the thread of a card, or of the app's message about a receipt.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { can } from '../access.js';
import { rewriteOf } from '../approvals/ask.service.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { DomainError } from '../errors.js';
import type { Notice } from '../notices/notice.js';
import { listPostedTo, personalKey, type Rewrite } from '../notices/outbox.service.js';
import { leaveTraces } from '../traces.service.js';
import { LIVE_STATUSES } from './receipt.js';
import { unclaimedCardKey } from './unclaimed.service.js';
import { checkVoucher, MAX_VOUCHERS, type VoucherOwner } from './voucher.js';

/** The number of what has the voucher now, and how many that has. */
type Added = { readonly number: string; readonly count: number };

/**
 * Adds a voucher to a receipt that waits, or to money that nobody has claimed. By whoever recorded it, or finance, who has
 * the bank's slip (rules §12): no figure of it changes, so that whoever adds one has not edited it and may decide (rules
 * §6). Once it is decided nothing is added: what was approved is what was shown (rules §3). Of money that somebody claims
 * it is a voucher of that receipt, and stays with the money should finance reject the claim. `seen`: the file stands where
 * finance sees it; else it is posted into the thread of the card.
 * @returns the number of what has it now and how many vouchers that has; null where it has this file already
 * @throws DomainError role.missing, not_found, voucher.not_yours, voucher.decided, voucher.withdrawn, voucher.too_many,
 *   file.rejected
 */
export async function addVoucher(
  ctx: Ctx,
  { type, id }: VoucherOwner,
  file: UploadedFile,
  { seen }: { seen: boolean },
): Promise<Added | null> {
  return transact(ctx.db, (tx) =>
    type === 'receipt' ? addToReceipt(tx, ctx, id, file, seen) : addToUnclaimed(tx, ctx, id, file, seen),
  );
}

async function addToReceipt(
  tx: Tx,
  ctx: Ctx,
  receiptId: string,
  file: UploadedFile,
  seen: boolean,
): Promise<Added | null> {
  // Whoever decides it holds it too.
  const receipt = await lockRow(tx, 'receipt', receiptId);
  if (!receipt) throw new DomainError('not_found', { ref: '' });
  const { number } = receipt;
  const approval = await tx.approval.findFirst({
    where: { subjectType: 'receipt', subjectId: receiptId, status: 'open' },
  });
  const approvalId = approval?.id ?? '';
  return keep(tx, ctx, {
    owner: { type: 'receipt', id: receiptId },
    money: receipt,
    refusal:
      receipt.status === 'submitted' && approval ? null : new DomainError('voucher.decided', { number }),
    file,
    seen,
    card: rewriteOf({ type: 'receipt', subjectId: receiptId, approvalId }, ''),
    posts: (added) => ({
      kind: 'receipt.vouchers',
      key: `receipt.vouchers:${approvalId}:${added.attachmentId}`,
      payload: { receiptId, ...added },
    }),
  });
}

async function addToUnclaimed(
  tx: Tx,
  ctx: Ctx,
  unclaimedId: string,
  file: UploadedFile,
  seen: boolean,
): Promise<Added | null> {
  // Whoever claims it or takes it back holds it too.
  const money = await lockRow(tx, 'unclaimed_money', unclaimedId);
  if (!money) throw new DomainError('not_found', { ref: '' });
  const { number } = money;
  const claim = await tx.receipt.findFirst({ where: { unclaimedId, status: { in: [...LIVE_STATUSES] } } });
  if (claim) {
    const added = await addToReceipt(tx, ctx, claim.id, file, false);
    if (added && mayAdd(ctx, money)) await keepAttachments(tx, ctx, 'unclaimed', unclaimedId, [file]);
    return added;
  }
  return keep(tx, ctx, {
    owner: { type: 'unclaimed', id: unclaimedId },
    money,
    refusal: money.withdrawnAt ? new DomainError('voucher.withdrawn', { number }) : null,
    file,
    seen,
    card: { key: unclaimedCardKey(unclaimedId), kind: 'unclaimed.card', payload: { unclaimedId }, tag: '' },
    posts: (added) => ({
      kind: 'unclaimed.vouchers',
      key: `unclaimed.vouchers:${unclaimedId}:${added.attachmentId}`,
      payload: { unclaimedId, ...added },
    }),
  });
}

interface Recorded {
  readonly number: string;
  readonly recordedById: string;
}

const mayAdd = ({ actor }: Ctx, { recordedById }: Recorded): boolean =>
  recordedById === actor.id || can(actor, 'receipt.approve');

/** A voucher as its message names it. */
interface AddedFile {
  readonly attachmentId: string;
  readonly byId: string;
}
type Post = Pick<Notice<'receipt.vouchers' | 'unclaimed.vouchers'>, 'kind' | 'key' | 'payload'>;

interface Target {
  readonly owner: VoucherOwner;
  /** Held. */
  readonly money: Recorded;
  readonly refusal: DomainError | null;
  readonly file: UploadedFile;
  readonly seen: boolean;
  /** Drawn anew; in the threads of it the file is posted. */
  readonly card: Rewrite;
  readonly posts: (added: AddedFile) => Post;
}

async function keep(tx: Tx, ctx: Ctx, to: Target): Promise<Added | null> {
  const { owner, money, refusal, file, card } = to;
  const { number } = money;
  const kept = await tx.attachment.findMany({ where: { ownerType: owner.type, ownerId: owner.id } });
  if (kept.some((one) => one.slackFileId === file.slackFileId)) return null;
  if (ctx.actor.roles.length === 0) throw new DomainError('role.missing', {});
  if (!mayAdd(ctx, money)) {
    const recorder = await tx.user.findUniqueOrThrow({ where: { id: money.recordedById } });
    throw new DomainError('voucher.not_yours', { number, who: recorder.name });
  }
  if (refusal) throw refusal;
  checkVoucher(file);
  if (kept.length >= MAX_VOUCHERS) throw new DomainError('voucher.too_many', { number, max: MAX_VOUCHERS });
  const [attachmentId = ''] = await keepAttachments(tx, ctx, owner.type, owner.id, [file]);
  await leaveTraces(tx, ctx, {
    audit: [
      {
        action: owner.type === 'receipt' ? 'receipt.voucher_added' : 'unclaimed.voucher_added',
        subjectType: owner.type,
        subjectId: owner.id,
        after: { files: [file.name] },
      },
    ],
    rewrites: [{ ...card, tag: `voucher:${attachmentId}` }],
    notices: await inThreads(tx, ctx, to, to.posts({ attachmentId, byId: ctx.actor.id })),
  });
  return { number, count: kept.length + 1 };
}

/** In finance's channel unless it stands there, and wherever else the card went: not to whoever sent it. */
async function inThreads(tx: Tx, ctx: Ctx, { card, seen }: Target, post: Post): Promise<Notice[]> {
  const others = (await listPostedTo(tx, card.key)).filter((userId) => userId !== ctx.actor.id);
  const channel = ctx.company.financeChannelId;
  const inChannel: Notice = {
    ...post,
    to: { channel: 'finance', otherwise: others },
    threadOf: card.key,
  };
  const beside: Notice[] = others.map((user) => ({
    ...post,
    key: personalKey(post.key, user),
    to: { user },
    threadOf: personalKey(card.key, user),
  }));
  return [...(seen ? [] : [inChannel]), ...(channel === null ? [] : beside)];
}
