// A voucher that follows its receipt (F50): dropped into the thread of the receipt's card, or of the app's message about it.
import type { Ctx } from '../../ctx.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { can } from '../access.js';
import { rewriteOf } from '../approvals/ask.service.js';
import { cardKey } from '../approvals/subjects.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { DomainError } from '../errors.js';
import { notice } from '../notices/notice.js';
import { listPostedTo } from '../notices/outbox.service.js';
import { leaveTraces } from '../traces.service.js';
import { checkVoucher, MAX_VOUCHERS } from './voucher.js';

/**
 * Adds a voucher to a receipt that waits. By whoever recorded it, or finance, who has the bank's slip (rules §12): no
 * figure of it changes, so that whoever adds one has not edited it and may decide (rules §6). Once it is decided nothing
 * is added: what was approved is what was shown (rules §3). `seen`: the file stands where finance sees it; else it is
 * posted into the thread of the card.
 * @returns the receipt's number and how many vouchers it has; null where it has this file already
 * @throws DomainError role.missing, not_found, voucher.not_yours, voucher.decided, voucher.too_many, file.rejected
 */
export async function addVoucher(
  ctx: Ctx,
  receiptId: string,
  file: UploadedFile,
  { seen }: { seen: boolean },
): Promise<{ number: string; count: number } | null> {
  return transact(ctx.db, async (tx) => {
    // Whoever decides it holds it too.
    const receipt = await lockRow(tx, 'receipt', receiptId);
    if (!receipt) throw new DomainError('not_found', { ref: '' });
    const { number } = receipt;
    const kept = await tx.attachment.findMany({ where: { ownerType: 'receipt', ownerId: receiptId } });
    if (kept.some((one) => one.slackFileId === file.slackFileId)) return null;
    if (ctx.actor.roles.length === 0) throw new DomainError('role.missing', {});
    if (receipt.recordedById !== ctx.actor.id && !can(ctx.actor, 'receipt.approve')) {
      const recorder = await tx.user.findUniqueOrThrow({ where: { id: receipt.recordedById } });
      throw new DomainError('voucher.not_yours', { number, who: recorder.name });
    }
    const approval = await tx.approval.findFirst({
      where: { subjectType: 'receipt', subjectId: receiptId, status: 'open' },
    });
    if (receipt.status !== 'submitted' || !approval) throw new DomainError('voucher.decided', { number });
    checkVoucher(file);
    if (kept.length >= MAX_VOUCHERS) throw new DomainError('voucher.too_many', { number, max: MAX_VOUCHERS });
    const [attachmentId = ''] = await keepAttachments(tx, ctx, 'receipt', receiptId, [file]);
    const card = cardKey('receipt', approval.id);
    const others = (await listPostedTo(tx, card)).filter((userId) => userId !== ctx.actor.id);
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'receipt.voucher_added',
          subjectType: 'receipt',
          subjectId: receiptId,
          after: { files: [file.name] },
        },
      ],
      rewrites: [
        rewriteOf(
          { type: 'receipt', subjectId: receiptId, approvalId: approval.id },
          `voucher:${attachmentId}`,
        ),
      ],
      notices: seen
        ? []
        : [
            notice({
              kind: 'receipt.vouchers',
              key: `receipt.vouchers:${approval.id}:${attachmentId}`,
              to: { channel: 'finance', otherwise: others },
              threadOf: card,
              payload: { receiptId, attachmentId, byId: ctx.actor.id },
            }),
          ],
    });
    return { number, count: kept.length + 1 };
  });
}
