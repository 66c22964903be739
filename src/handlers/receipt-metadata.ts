// What the receipt form carries from click to click: ids of what is chosen, never authority.
import { z } from 'zod';
import { formMetadata } from './turns.js';
import { FORS } from './views/receipt-target-views.js';

/** Instalments that a split by hand may name. */
export const MAX_SPLIT = 40;

/** Amounts of a message that are offered. */
export const MAX_AMOUNTS = 5;

/** Ids of what is chosen; everything else is read again. */
export const receiptMetadata = formMetadata({
  c: z.uuid().nullable(),
  k: z.uuid().nullable(),
  i: z.uuid().nullable(),
  x: z.boolean(),
  f: z.enum(FORS),
  y: z.string(),
  s: z.string(),
  p: z.uuid().nullable(),
  /** A split chosen by hand; null: the proposal. */
  h: z.array(z.string()).max(MAX_SPLIT).nullable(),
  /** Rows beyond those of `h` that keep their share: there are more than a window can list. */
  w: z.string().nullable(),
  /** What the window below shows, drawn anew after recording. */
  b: z.string(),
  /** It is an acceptance bill: number and day are asked for. */
  l: z.boolean(),
  /** What it came in as, where that is another currency. */
  o: z.string().nullable(),
  /** The unclaimed money that is claimed. */
  u: z.uuid().nullable(),
  /** What was read from a message: the message, amounts as `USD 12500.00`, the one that was picked. */
  q: z
    .object({ t: z.string(), a: z.array(z.string()).max(MAX_AMOUNTS), p: z.number().int().nullable() })
    .nullable(),
});
export type ReceiptMetadata = z.infer<typeof receiptMetadata>;
