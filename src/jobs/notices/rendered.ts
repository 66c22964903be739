// What a notice becomes when it is sent, and what it is made from.
import type { KnownBlock } from '@slack/types';
import type { SystemCtx } from '../../ctx.js';
import type { Actor, Locale } from '../../domain/access.js';
import type { NoticeKind, NoticePayload } from '../../domain/notices/notice.js';
import type { Translate } from '../../handlers/i18n/index.js';

/** Fresh facts, and the language of who reads: the person's in a DM, the company's in a channel. */
export interface RenderCtx extends SystemCtx {
  readonly locale: Locale;
  readonly t: Translate;
  /** Whose DM it is: buttons that they cannot use are left out. Null in channels. */
  readonly person?: Actor | null;
}

export interface Rendered {
  /** A full sentence: notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** Attachments to repost beside it (vouchers in the card's thread): ids of attachment rows. */
  readonly attachmentIds?: readonly string[];
  /** Files made for this message. */
  readonly files?: readonly { readonly name: string; readonly data: Buffer }[];
  /** A reply that the whole channel should see. */
  readonly broadcast?: boolean;
}

/** Loads facts and renders; null when there is nothing left to tell. */
export type NoticeRenderer<K extends NoticeKind> = (
  ctx: RenderCtx,
  payload: NoticePayload<K>,
) => Promise<Rendered | null>;
export type NoticeRenderers<K extends NoticeKind> = { readonly [P in K]: NoticeRenderer<P> };
