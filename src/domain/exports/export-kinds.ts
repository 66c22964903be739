// What can be taken as a file: every list, money that nobody has claimed, and follow-ups. Pure.
import { z } from 'zod';
import { LIST_FILTERS, LIST_KINDS } from '../lists/list-filter.js';

export const EXPORT_KINDS = [...LIST_KINDS, 'unclaimed', 'follow_up'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** What each can be narrowed to: a list as it is searched; follow-ups to one contract or customer. */
export const EXPORT_FILTERS = {
  ...LIST_FILTERS,
  unclaimed: z.object({}),
  follow_up: z.object({ contractId: z.uuid().optional(), customerId: z.uuid().optional() }),
} as const;
export type ExportFilter<K extends ExportKind> = z.infer<(typeof EXPORT_FILTERS)[K]>;
