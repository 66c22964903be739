// Handing over a person's whole book: chosen, shown what it is, then done (rules §14).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { type HandOverPreview, handOver, previewHandOver } from '../domain/customers/hand-over.service.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findPersonBySlackId } from '../domain/members/member.queries.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import type { Mover } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { handOverModal } from './views/customer-merge-views.js';

/** `p`: the two people whose book was shown; `f`: from whom, where that is not chosen: Slack need not offer whoever has left. */
const handOverMetadata = formMetadata({
  p: z.tuple([z.uuid(), z.uuid()]).nullable(),
  f: z.uuid().nullable().default(null),
});
type Shown = z.infer<typeof handOverMetadata>;

/** Plugs in the hand-over. */
export function registerHandOver(doors: Doors, deps: Deps): void {
  doors.opens(ACTION.customerHandOver, (turn) => openHandOver(turn, turn.value));
  for (const field of ['from', 'to']) {
    doors.action(`${ACTION.customerHandOverPick}.${field}`, (turn) => showBook(turn, deps));
  }
  doors.submit(VIEW.customerHandOver, handOverMetadata, (turn) => submitHandOver(turn, deps));
}

/** Opens the form, of a person's book if one is given. @throws DomainError access.denied, not_found */
export async function openHandOver(turn: Mover, fromId = ''): Promise<void> {
  authorize(turn.ctx.actor, 'customer.assign');
  const f = fromId === '' ? null : recordId(fromId);
  if (f !== null) authorize(turn.ctx.actor, 'customer.assign', f);
  const metadata = JSON.stringify({ r: newId(turn.ctx.now), p: null, f } satisfies Shown);
  const of = await nameOf(turn, f);
  const data = { of, fromSlackId: null, toSlackId: null, preview: null, notice: null, metadata };
  await showView(turn, handOverModal(data, readerOf(turn)));
}

/** @throws DomainError not_found */
async function nameOf({ ctx }: Pick<Turn, 'ctx'>, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const user = await ctx.db.user.findUnique({ where: { id }, select: { name: true } });
  if (!user) throw new DomainError('not_found', { ref: '' });
  return user.name;
}

async function showBook(turn: ActionTurn, deps: Deps): Promise<void> {
  const { view } = turn.body;
  const shown = parseValue(handOverMetadata, view?.private_metadata ?? '');
  await turn.redraw(await drawBook(turn, shown, new Form(view?.state.values ?? {}), deps));
}

async function peopleOf(
  { ctx }: Pick<Turn, 'ctx'>,
  { f }: Shown,
  form: Form,
): Promise<[from: string, to: string] | null> {
  const [fromSlackId, toSlackId] = [form.choice('from'), form.choice('to')];
  if ((fromSlackId === null && f === null) || toSlackId === null) return null;
  const from = f === null ? await findPersonBySlackId(ctx.db, fromSlackId ?? '') : { id: f };
  const to = await findPersonBySlackId(ctx.db, toSlackId);
  if (!from || !to) throw new DomainError('not_found', { ref: '' }, from ? 'to' : 'from');
  return [from.id, to.id];
}

async function drawBook(turn: Pick<Turn, 'ctx' | 't'>, shown: Shown, form: Form, deps: Deps) {
  let preview: HandOverPreview | null = null;
  let notice: string | null = null;
  try {
    const people = await peopleOf(turn, shown, form);
    preview = people && (await previewHandOver(turn.ctx, ...people));
  } catch (error) {
    if (!isDomainError(error)) throw error;
    notice = describeError(error, readerOf(turn), deps.log).text;
  }
  const p: Shown['p'] = preview && [preview.from.id, preview.to.id];
  const metadata = JSON.stringify({ ...shown, p } satisfies Shown);
  const of = await nameOf(turn, shown.f);
  const data = {
    of,
    fromSlackId: form.choice('from'),
    toSlackId: form.choice('to'),
    preview,
    notice,
    metadata,
  };
  return handOverModal(data, readerOf(turn));
}

async function submitHandOver(turn: SubmitTurn<Shown>, deps: Deps): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  if (metadata.f === null) form.requiredChoice('from');
  form.requiredChoice('to');
  form.check();
  const people = await peopleOf(turn, metadata, form);
  // Nothing changes hands that was not shown.
  if (!people || metadata.p?.[0] !== people[0] || metadata.p[1] !== people[1]) {
    return { update: await drawBook(turn, metadata, form, deps) };
  }
  const { from, to } = await previewHandOver(ctx, ...people);
  const book = await handOver(ctx, ...people);
  return { done: t('customers:handover.done', { from: from.name, to: to.name, ...book }) };
}
