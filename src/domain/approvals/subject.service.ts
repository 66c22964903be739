// What a kind of subject brings to the engine (decisions.service.ts): the one interface between them.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Traces } from '../traces.service.js';

/** How an approval ended, and what an audit entry of it must hold. */
export interface Ending {
  readonly status: 'approved' | 'rejected' | 'withdrawn';
  readonly approvalId: string;
  readonly requestedById: string;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly audit: Readonly<Record<string, unknown>>;
}

/** A subject held by this transaction: locked in the order of every writer. */
export interface HeldSubject {
  /** Whose managers decide; also the scope of the refusal. */
  readonly ownerId: string | null;
  /** Who must not decide, besides whoever asked: as the locked rows say now. */
  readonly involved: readonly (string | null)[];
  /** What audit entries of its steps are about. */
  readonly about: { readonly subjectType: string; readonly subjectId: string };
  /** Whose Homes show it. */
  readonly homes: readonly (string | null)[];
  /**
   * Before an approval is recorded: whether what the card showed can still be done. Traces: no, nothing is recorded, what
   * they tell has been redrawn and must be approved again. @throws DomainError where it no longer fits at all
   */
  recheck?(): Promise<{ traces: Traces; involved: readonly (string | null)[] } | null>;
  /** Does what the ending means: rows, audit, history, messages to whoever asked. Cards are the engine's. */
  finish(ending: Ending): Promise<Traces>;
}

/** Locks a subject. @throws DomainError not_found */
export type HoldSubject = (tx: Tx, ctx: Ctx, subjectId: string) => Promise<HeldSubject>;
