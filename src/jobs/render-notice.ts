// One table from kind to renderer: what a notice becomes when it is sent.
import { NOTICE_PAYLOADS, type NoticeKind } from '../domain/notices/notice.js';
import { notificationText } from '../handlers/views/blocks.js';
import { adjustmentNotices } from './notices/adjustments.js';
import { approvalNotices } from './notices/approvals.js';
import { backupNotices } from './notices/backups.js';
import { calendarNotices } from './notices/calendar.js';
import { contractNotices } from './notices/contracts.js';
import { creditNotices } from './notices/credit.js';
import { customerNotices } from './notices/customers.js';
import { exportNotices } from './notices/exports.js';
import { fileNotices } from './notices/files.js';
import { importNotices } from './notices/imports.js';
import { memberNotices } from './notices/members.js';
import { milestoneNotices } from './notices/milestones.js';
import { openingNotices } from './notices/openings.js';
import { planNotices } from './notices/plans.js';
import { postponementNotices } from './notices/postponements.js';
import { reallocationNotices } from './notices/reallocations.js';
import { receiptNotices } from './notices/receipts.js';
import { refundNotices } from './notices/refunds.js';
import { reminderNotices } from './notices/reminders.js';
import type { NoticeRenderer, NoticeRenderers, RenderCtx, Rendered } from './notices/rendered.js';
import { reportNotices } from './notices/reports.js';
import { reversalNotices } from './notices/reversals.js';
import { unclaimedNotices } from './notices/unclaimed.js';

const RENDERERS: Partial<NoticeRenderers<NoticeKind>> = {
  ...reminderNotices,
  ...memberNotices,
  ...approvalNotices,
  ...contractNotices,
  ...milestoneNotices,
  ...creditNotices,
  ...customerNotices,
  ...fileNotices,
  ...planNotices,
  ...postponementNotices,
  ...receiptNotices,
  ...unclaimedNotices,
  ...reversalNotices,
  ...refundNotices,
  ...reallocationNotices,
  ...adjustmentNotices,
  ...importNotices,
  ...openingNotices,
  ...calendarNotices,
  ...backupNotices,
  ...exportNotices,
  ...reportNotices,
};

/**
 * Renders a notice from fresh facts; null when nothing is left to tell.
 * @throws RangeError for a kind nobody renders; ZodError for a payload that is not its kind's
 */
export async function renderNotice(ctx: RenderCtx, kind: string, payload: unknown): Promise<Rendered | null> {
  if (!isKind(kind)) throw new RangeError(`nobody renders ${kind}`);
  const rendered = await renderKind(ctx, kind, payload);
  return rendered && { ...rendered, text: notificationText(rendered.text) };
}

function renderKind<K extends NoticeKind>(
  ctx: RenderCtx,
  kind: K,
  payload: unknown,
): Promise<Rendered | null> {
  const renderer: NoticeRenderer<K> | undefined = RENDERERS[kind];
  if (!renderer) throw new RangeError(`nobody renders ${kind}`);
  const schema: (typeof NOTICE_PAYLOADS)[K] = NOTICE_PAYLOADS[kind];
  return renderer(ctx, schema.parse(payload) as Parameters<typeof renderer>[1]);
}

const isKind = (text: string): text is NoticeKind => Object.hasOwn(NOTICE_PAYLOADS, text);
