// 批量审批: several approvals decided with one form; each is decided by itself, as if alone (rules §6; ux §4.6).
import { z } from 'zod';
import { findAbout } from '../domain/approvals/approval.queries.js';
import { findBatch, hasApproved } from '../domain/approvals/batch.queries.js';
import { approve } from '../domain/approvals/decisions.service.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findSubject } from './approval-subjects.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import type { ShownSubject } from './shown-subject.js';
import type { Outcome } from './submission.js';
import { type Mover, opensAnew, turnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { BATCH_FIELDS, type BatchResult, batchModal, batchResults, lookWords } from './views/batch-views.js';

const metadata = formMetadata({});
const picked = z.object({ a: z.uuid(), v: z.number().int() });
type Picked = z.infer<typeof picked>;

/** Plugs in the form; [批量审批] of a card's ⋯ comes through approvals.ts. */
export function registerApprovalBatch(doors: Doors, deps: Deps): void {
  doors.opens(ACTION.approvalBatch, openBatch, opensAnew);
  doors.action(ACTION.approvalBatchPick, countAnew);
  doors.submit(VIEW.approvalBatch, metadata, (turn) => submitBatch(turn, deps));
}

/** What waits for the reader; nothing is said to be so. */
export async function openBatch(turn: Mover): Promise<void> {
  const { ctx } = turn;
  const state = JSON.stringify({ r: newId(ctx.now) } satisfies z.infer<typeof metadata>);
  await turnTo(turn, batchModal(await loadBatch(turn), [], state, readerOf(turn)));
}

/** With what each of them is, as its list says it; all that waits, or only these. */
async function loadBatch(turn: Pick<Turn, 'ctx' | 't'>, approvalIds?: readonly string[]) {
  const { waiting, total } = await findBatch(turn.ctx, approvalIds);
  const shown = await Promise.all(waiting.map((about) => findSubject(turn, about)));
  return { rows: shown.flatMap((one): ShownSubject[] => (one ? [one] : [])), total };
}

/** A box was ticked: how many, and how much, they are now. */
async function countAnew(turn: ActionTurn): Promise<void> {
  const view = turn.body.view;
  const chosen = Object.values(view?.state.values ?? {}).flatMap((field) =>
    Object.values(field).flatMap(({ selected_options: options }) =>
      (options ?? []).map(({ value }) => parseValue(picked, value ?? '').a),
    ),
  );
  await turn.redrawEntered(
    batchModal(await loadBatch(turn), chosen, view?.private_metadata ?? '', readerOf(turn)),
  );
}

async function submitBatch(turn: SubmitTurn<z.infer<typeof metadata>>, deps: Deps): Promise<Outcome> {
  const { ctx, form } = turn;
  const chosen = BATCH_FIELDS.flatMap((field) => form.choices(field)).map((value) =>
    parseValue(picked, value),
  );
  if (chosen.length === 0) form.refuse('pick0', 'batch.nothing', {});
  form.check();
  // As they are now: what came to be looked at meanwhile is not passed over.
  const { rows } = await loadBatch(
    turn,
    chosen.map((one) => one.a),
  );
  const results: BatchResult[] = [];
  for (const one of chosen)
    results.push(
      await decideOne(
        turn,
        deps,
        one,
        rows.find((shown) => shown.approval.id === one.a),
      ),
    );
  const { total } = await findBatch(ctx);
  return { update: batchResults(results, total, readerOf(turn)) };
}

/** In a transaction of its own: what is wrong with one stops no other. */
async function decideOne(
  turn: SubmitTurn<z.infer<typeof metadata>>,
  deps: Deps,
  { a, v }: Picked,
  shown: ShownSubject | undefined,
): Promise<BatchResult> {
  const { ctx, t } = turn;
  const name = shown?.name ?? '—';
  const look = shown ? lookWords(shown, turn) : null;
  if (look !== null) return { name, problem: look };
  try {
    const { outcome } = await approve({ ...ctx, requestId: newId(ctx.now) }, a, v, { unasked: true });
    if (outcome === 'redrawn') return { name, problem: t('approvals:done.redrawn') };
    const after = outcome === 'advanced' ? await shownNow(turn, a) : null;
    return { name, problem: null, ...(after && nextOf(after)) };
  } catch (error) {
    // The same form came twice: what it says stays what it said.
    const isDone = await hasApproved(ctx, { approvalId: a });
    // What somebody else was faster with waits no more, and is named as it was.
    const known = isDone || isDomainError(error, 'approval.decided') ? await shownNow(turn, a) : null;
    if (isDone && known) return { name: known.name, problem: null, ...nextOf(known) };
    return { name: known?.name ?? name, problem: describeError(error, readerOf(turn), deps.log).text };
  }
}

async function shownNow(turn: Pick<Turn, 'ctx' | 't'>, approvalId: string): Promise<ShownSubject | null> {
  const about = await findAbout(turn.ctx, approvalId);
  return about && (await findSubject(turn, { ...about, approvalId }));
}

/** Approved, but not all of it: for whom it waits now, in the next step or, where all of a step must approve, in the same. */
function nextOf({ approval: { question, step, approvers } }: ShownSubject): Pick<BatchResult, 'next'> {
  // Decided to the end.
  if (!question) return {};
  return {
    next: {
      step: question.approvedIds.length === 0 ? step - 1 : null,
      names: approvers.map((person) => person.name),
    },
  };
}
