// What a use case leaves besides its own rows, said at once: the last step of load → decide → save.
import type { SystemCtx } from '../ctx.js';
import type { Tx } from '../db/client.js';
import { type AuditEntry, auditRows } from './audit.service.js';
import type { Notice } from './notices/notice.js';
import { findRewrites, homesOf, postRows, type Rewrite } from './notices/outbox.service.js';
import { revisionRows } from './plans/revision-rows.service.js';
import { type Redraw, shownInDigests } from './reminders/digest.service.js';
import { saveTraces } from './save-traces.service.js';

export interface Traces {
  readonly audit?: readonly AuditEntry[];
  /** Instalments that changed and why: their present facts are added to their history. */
  readonly revisions?: readonly { id: string; cause: string }[];
  readonly notices?: readonly Notice[];
  /** Posted messages that show facts which changed. */
  readonly rewrites?: readonly Rewrite[];
  /** Rows that changed as today's digests show them. */
  readonly redraws?: readonly Redraw[];
  /** People whose Home shows such facts. */
  readonly homes?: readonly (string | null)[];
  /** Instalments whose money changed: the Homes of their owners, of who stands above these, and of finance (ux §8). */
  readonly concerned?: readonly string[] | undefined;
}

/** Saves the trail, the history, the messages and the stale Homes of a change; `ctx` without an actor is the system. */
export async function leaveTraces(
  tx: Tx,
  ctx: SystemCtx & { actor?: { id: string }; requestId?: string },
  traces: Traces,
): Promise<void> {
  const { audit = [], revisions = [], notices = [], rewrites = [], redraws = [], homes = [] } = traces;
  const { concerned } = traces;
  await saveTraces(tx, {
    audit: auditRows(ctx, audit),
    revisions: revisionRows(ctx, revisions),
    outbox: [
      ...(await findRewrites(tx, ctx, rewrites, shownInDigests(ctx, redraws))),
      ...postRows(ctx, notices),
    ],
    staleHomes: homesOf(homes),
    concerned,
  });
}

/** Several traces as one. */
export function joinTraces(...traces: readonly Traces[]): Traces {
  return {
    audit: traces.flatMap((one) => one.audit ?? []),
    revisions: traces.flatMap((one) => one.revisions ?? []),
    notices: traces.flatMap((one) => one.notices ?? []),
    rewrites: traces.flatMap((one) => one.rewrites ?? []),
    redraws: traces.flatMap((one) => one.redraws ?? []),
    homes: traces.flatMap((one) => one.homes ?? []),
    concerned: traces.some((one) => one.concerned) ? traces.flatMap((one) => one.concerned ?? []) : undefined,
  };
}
