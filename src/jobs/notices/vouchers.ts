// What stands in the thread of money's card: the vouchers that it came with, or the one that somebody added later.
import { findPeople } from '../../domain/members/member.queries.js';
import { escapeMrkdwn, section } from '../../handlers/views/blocks.js';
import type { RenderCtx, Rendered } from './rendered.js';

/** Null where it has none. */
export async function vouchersInThread(
  ctx: RenderCtx,
  money: { readonly number: string; readonly attachmentIds: readonly string[] } | null,
  added: { readonly attachmentId?: string | undefined; readonly byId?: string | undefined },
): Promise<Rendered | null> {
  if (!money || money.attachmentIds.length === 0) return null;
  const { number, attachmentIds } = money;
  const { attachmentId, byId } = added;
  if (attachmentId !== undefined) {
    const people = await findPeople(ctx.db, byId === undefined ? [] : [byId]);
    const who = escapeMrkdwn(people.get(byId ?? '')?.name ?? '');
    const text = ctx.t('receipts:line.voucher', { number, who });
    return { text, blocks: [section(text)], attachmentIds: [attachmentId] };
  }
  const text = ctx.t('receipts:line.vouchers', { number, count: attachmentIds.length });
  return { text, blocks: [section(text)], attachmentIds };
}
