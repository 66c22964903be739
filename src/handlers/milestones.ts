// Setting a milestone of a contract: the form shows what moves before it is confirmed (ux §4.4).
import type { ViewOutput } from '@slack/bolt';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { allowsEvent, MILESTONE_KINDS, type MilestoneKind } from '../domain/contracts/contract.js';
import { loadMilestoneForm } from '../domain/contracts/milestone.queries.js';
import { setMilestone } from '../domain/contracts/milestone.service.js';
import { fingerprintOf } from '../domain/contracts/milestone-moves.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { isLocalDate, type LocalDate } from '../domain/local-date.js';
import { returnToCard } from './contract-card.js';
import type { Deps } from './deps.js';
import { Form } from './forms.js';
import { formatDate } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import { returnToInstalment } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withAlert, withTyped } from './views/form-views.js';
import {
  HOWS,
  type How,
  type MilestoneFormState,
  milestoneDone,
  milestoneForm,
} from './views/milestone-views.js';

const openValue = z.object({
  c: z.uuid(),
  k: z.enum(MILESTONE_KINDS).optional(),
  h: z.enum(HOWS).optional(),
  d: z.string().refine(isLocalDate).optional(),
});
const metadata = formMetadata({
  v: z.number().int(),
  c: z.uuid(),
  k: z.enum(MILESTONE_KINDS),
  s: z.string(),
  b: z.union([z.object({ card: z.string() }), z.object({ instalment: z.uuid() })]).nullable(),
});
type Metadata = z.infer<typeof metadata>;

/** Plugs in the milestone form. */
export function registerMilestones(doors: Doors, _deps: Deps): void {
  const open = (turn: ActionTurn) => openMilestone(turn, parseValue(openValue, turn.value));
  doors.opens(ACTION.milestoneOpen, open);
  doors.opens(ACTION.milestoneEstimate, open);
  doors.action(ACTION.milestoneChange, redrawForm);
  doors.submit(VIEW.milestoneSet, metadata, submitForm);
}

/**
 * Starts with the milestone asked for, else the first that rows wait for.
 * @throws DomainError not_found, access.denied, contract.bad_state
 */
export async function openMilestone(turn: Mover, { c, k, h, d }: z.infer<typeof openValue>): Promise<void> {
  const below = belowOf(turn);
  const first = await loadMilestoneForm(turn.ctx, c, k ?? 'acceptance', undefined);
  authorize(turn.ctx.actor, 'milestone.set', first.ownerId);
  if (!allowsEvent(first.status, 'milestone'))
    throw new DomainError('contract.bad_state', { state: first.status, action: 'milestone' });
  const kind = k ?? MILESTONE_KINDS.find((one) => first.anchored.includes(one)) ?? 'acceptance';
  const state = {
    requestId: newId(turn.ctx.now),
    kind,
    how: h ?? 'happened',
    date: d !== undefined && isLocalDate(d) ? d : undefined,
    below,
  };
  await showView(turn, await drawForm(turn, c, state));
}

function belowOf(turn: Mover): MilestoneFormState['below'] {
  const shown = modalOf(turn);
  if (!shown) return null;
  if (shown.callback_id === VIEW.contractCard) return { card: shown.private_metadata };
  const window = z.object({ k: z.literal('instalment'), i: z.uuid() });
  const found = window.safeParse(JSON.parse(shown.private_metadata || '{}'));
  return found.success ? { instalment: found.data.i } : null;
}

async function drawForm(turn: Pick<Turn, 'ctx' | 't'>, contractId: string, state: MilestoneFormState) {
  const form = await loadMilestoneForm(turn.ctx, contractId, state.kind, state.date);
  return milestoneForm(form, state, readerOf(turn));
}

/** What is chosen now; of another milestone than before nothing is kept. */
function stateOf(ctx: Turn['ctx'], form: Form, shown: Metadata): MilestoneFormState {
  const picked = form.choice('kind');
  const kind: MilestoneKind = MILESTONE_KINDS.find((one) => one === picked) ?? shown.k;
  const how: How = form.choice('how') === 'estimate' ? 'estimate' : 'happened';
  const date = form.date('date', { today: ctx.today, prefer: how === 'happened' ? 'past' : 'future' });
  const base = { requestId: shown.r, kind, below: shown.b };
  if (kind !== shown.k) return { ...base, how: 'happened', date: undefined };
  return { ...base, how, date: date ?? undefined };
}

async function redrawForm(turn: ActionTurn): Promise<void> {
  const view = turn.body.view as ViewOutput | undefined;
  if (!view) return;
  const shown = parseValue(metadata, view.private_metadata);
  const state = stateOf(turn.ctx, new Form(view.state.values), shown);
  await turn.redraw(withTyped(await drawForm(turn, shown.c, state), view.state.values));
}

async function submitForm(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown, view } = turn;
  const { kind, how } = stateOf(ctx, form, shown);
  const happened = how === 'happened';
  const options = { today: ctx.today, prefer: happened ? 'past' : 'future' } as const;
  const date: LocalDate | null = happened ? form.requiredDate('date', options) : form.date('date', options);
  const evidence = form.text('evidence', { max: 500 });
  const files = form.files('files');
  form.check();
  const current = await loadMilestoneForm(ctx, shown.c, kind, date);
  const seen = kind === shown.k ? shown.s : '';
  const state: MilestoneFormState = { requestId: shown.r, kind, how, date, below: shown.b };
  const again = (version: number): Outcome => ({
    update: withAlert(
      withTyped(milestoneForm({ ...current, version }, state, readerOf(turn)), view.state.values),
      t('errors:milestone.moves_changed'),
    ),
  });
  // The day was typed and sent at once, or facts changed: what moves is shown before it is done.
  if (fingerprintOf(current.moves) !== seen) return again(shown.v);
  const alsoMove = Array.from({ length: 6 }, (_, index) => form.choices(`also${index}`)).flat();
  try {
    const input = { contractId: shown.c, version: shown.v, kind, happened, date, evidence, alsoMove, seen };
    const { moved } = await setMilestone(ctx, input, files);
    const day = date && formatDate(ctx.actor.locale, date, ctx.today);
    return await finish(turn, milestoneDone(t, { kind, how, date: day, moved: moved.length }));
  } catch (error) {
    if (isDomainError(error, 'milestone.moves_changed')) return again(shown.v);
    throw error;
  }
}

async function finish(turn: SubmitTurn<Metadata>, words: string): Promise<Outcome> {
  const { b } = turn.metadata;
  if (b === null) return { done: words };
  return 'card' in b ? returnToCard(turn, b.card, words) : returnToInstalment(turn, b.instalment, words);
}
