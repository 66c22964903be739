// For whom a notice is drawn: a person in a DM, anybody in a channel.
import type { Actor } from '../../domain/access.js';
import type { RowReader } from '../../handlers/views/row-views.js';
import type { RenderCtx } from './rendered.js';

/** Nobody in particular: the company's zone; what a person may not do is checked on the click. */
export function channelReader(ctx: RenderCtx): RowReader {
  const { t, locale, today, now } = ctx;
  return { t, locale, today, now, timezone: ctx.company.timezone, actor: null };
}

/** One person: their zone and what they may do. */
export function personReader(ctx: RenderCtx, actor: Actor): RowReader {
  const { t, locale, today, now } = ctx;
  return { t, locale, today, now, timezone: actor.timezone, actor };
}

/** The card of something in approval: a person's own DM, or a channel. */
export const cardReader = (ctx: RenderCtx): RowReader =>
  ctx.person ? personReader(ctx, ctx.person) : channelReader(ctx);
