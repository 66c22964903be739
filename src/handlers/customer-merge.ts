// Merging two customers: chosen, shown what moves, then done (rules §14).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { findCustomerOptions, loadCustomer } from '../domain/customers/customer.queries.js';
import {
  type MergePreview,
  mergeCustomers,
  previewMerge,
} from '../domain/customers/customer-merge.service.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { customerIdOf, customerListBehind, drawCustomerCard, isOnCustomerCard } from './customer-card.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { customerMergeModal } from './views/customer-merge-views.js';
import { withAlert } from './views/form-views.js';
import { customerOption } from './views/plan-inputs.js';

/** `p`: the pair that was shown, with the versions it was shown in; `o`: on top of a card; `l`: the list behind it. */
const mergeMetadata = formMetadata({
  o: z.boolean(),
  l: z.string().optional(),
  p: z.object({ k: z.uuid(), kv: z.number().int(), g: z.uuid(), gv: z.number().int() }).nullable(),
});
type Shown = z.infer<typeof mergeMetadata>;

/** Plugs in merging. */
export function registerCustomerMerge(doors: Doors, deps: Deps): void {
  doors.opens(ACTION.customerMerge, (turn) => openMerge(turn, customerIdOf(turn.value)));
  for (const field of ['keep', 'gone']) {
    doors.action(`${ACTION.customerMergePick}.${field}`, (turn) => showPair(turn, deps));
    doors.options(`${ACTION.customerMergePick}.${field}`, async ({ ctx, words }) => {
      const found = await findCustomerOptions(ctx, words, 'customer.merge');
      return found.map((one) => ({ text: customerOption(one, ctx.actor).text.text, value: one.id }));
    });
  }
  doors.submit(VIEW.customerMerge, mergeMetadata, (turn) => submitMerge(turn, deps));
}

/** Opens the form, with the customer that stays if one is given. @throws DomainError access.denied, not_found */
export async function openMerge(turn: Mover, keepId?: string): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'customer.merge');
  const keep = keepId === undefined ? null : await loadCustomer(ctx, keepId);
  const shown: Shown = {
    r: newId(ctx.now),
    o: isOnCustomerCard(turn),
    l: customerListBehind(turn),
    p: null,
  };
  const data = { keep, gone: null, preview: null, notice: null, metadata: JSON.stringify(shown) };
  await showView(turn, customerMergeModal(data, readerOf(turn)));
}

/** One was chosen: with both, what would happen; where it cannot, why. */
async function showPair(turn: ActionTurn, deps: Deps): Promise<void> {
  const { view } = turn.body;
  const shown = parseValue(mergeMetadata, view?.private_metadata ?? '');
  await turn.redraw(await drawPair(turn, shown, new Form(view?.state.values ?? {}), deps));
}

async function drawPair(turn: Pick<Turn, 'ctx' | 't'>, shown: Shown, form: Form, deps: Deps) {
  const { ctx } = turn;
  const [keepId, goneId] = [form.choice('keep'), form.choice('gone')];
  const keep = keepId === null ? null : await loadCustomer(ctx, recordId(keepId));
  const gone = goneId === null ? null : await loadCustomer(ctx, recordId(goneId));
  let preview: MergePreview | null = null;
  let notice: string | null = null;
  if (keep && gone) {
    try {
      preview = await previewMerge(ctx, keep.id, gone.id);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      notice = describeError(error, readerOf(turn), deps.log).text;
    }
  }
  const p = preview && {
    k: preview.keep.id,
    kv: preview.keep.version,
    g: preview.gone.id,
    gv: preview.gone.version,
  };
  const metadata = JSON.stringify({ ...shown, p } satisfies Shown);
  return customerMergeModal({ keep, gone, preview, notice, metadata }, readerOf(turn));
}

async function submitMerge(turn: SubmitTurn<Shown>, deps: Deps): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const [keepId, goneId] = [form.requiredChoice('keep'), form.requiredChoice('gone')];
  form.check();
  const { p } = metadata;
  // Nothing is merged that was not shown.
  if (p?.k !== keepId || p.g !== goneId) return { update: await drawPair(turn, metadata, form, deps) };
  const gone = await loadCustomer(ctx, p.g);
  try {
    const keep = await mergeCustomers(ctx, { id: p.k, version: p.kv }, { id: p.g, version: p.gv });
    const result = t('customers:merge.done', { gone: gone.code, keep: keep.code });
    return returnTo(turn, metadata.o, await drawCustomerCard(turn, keep.id, { result, list: metadata.l }));
  } catch (error) {
    if (!isDomainError(error, 'version.conflict')) throw error;
    // What it is now is shown before it is done, and that somebody changed it.
    const { text } = describeError(error, readerOf(turn), deps.log);
    return { update: withAlert(await drawPair(turn, metadata, form, deps), text) };
  }
}
