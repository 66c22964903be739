// 代理审批: everybody sets their own, admins anybody's (rules §6; ux §4.9).
import { z } from 'zod';
import { authorize, can } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { type DelegateFacts, findDelegate } from '../domain/members/delegate.queries.js';
import { setDelegate } from '../domain/members/delegate.service.js';
import { formatDate } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { drawOwnSettings } from './own-settings.js';
import { memberIn } from './settings.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { delegateForm } from './views/delegate-views.js';

/** `u`: whose; `o`: on top of one's own settings. */
const metadata = formMetadata({ u: z.uuid(), v: z.number().int(), o: z.boolean() });
type Submit = SubmitTurn<z.infer<typeof metadata>>;

/** Plugs in the form. */
export function registerDelegates(doors: Doors): void {
  doors.opens(ACTION.delegateEdit, (turn) => openForm(turn, true));
  doors.opens(ACTION.settingsDelegates, (turn) => openForm(turn, false));
  doors.action(ACTION.delegatePick, pick);
  doors.submit(VIEW.delegateEdit, metadata, (turn) => save(turn, doors));
}

async function openForm(turn: ActionTurn, onTop: boolean): Promise<void> {
  const { ctx } = turn;
  const facts = await load(turn, { id: ctx.actor.id });
  const state = { requestId: newId(ctx.now), forOthers: can(ctx.actor, 'settings.edit'), onTop };
  await turn.show(delegateForm(facts, state, readerOf(turn)));
}

/** A person was chosen: theirs is shown. */
async function pick(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { r, o } = parseValue(metadata, turn.body.view?.private_metadata ?? '');
  const facts = await findDelegate(turn.ctx, { slackUserId: turn.value });
  if (!facts) return turn.tell(turn.t('settings:outsider'));
  await turn.redraw(delegateForm(facts, { requestId: r, forOthers: true, onTop: o }, readerOf(turn)));
}

async function load(
  { ctx }: Pick<Turn, 'ctx'>,
  by: { id: string } | { slackUserId: string },
): Promise<DelegateFacts> {
  const facts = await findDelegate(ctx, by);
  if (!facts) throw new DomainError('not_found', { ref: '' });
  return facts;
}

async function save(turn: Submit, doors: Doors): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const id = await memberIn(turn, doors, 'delegateId');
  const until = form.date('until', { today: ctx.today, prefer: 'future' });
  if (id !== null && until === null) form.refuse('until', 'text.required', {});
  form.check();
  const saved = await setDelegate(ctx, {
    userId: shown.u,
    version: shown.v,
    delegate: id !== null && until !== null ? { id, until } : null,
  });
  const facts = await load(turn, { id: shown.u });
  const { delegate } = facts;
  const words = delegate
    ? t(facts.id === ctx.actor.id ? 'delegates:saved' : 'delegates:saved_for', {
        person: facts.name,
        name: delegate.name,
        date: formatDate(ctx.actor.locale, delegate.until, ctx.today),
      })
    : saved.version === shown.v
      ? t('delegates:none_before')
      : t(facts.id === ctx.actor.id ? 'delegates:ended' : 'delegates:ended_for', { person: facts.name });
  if (!shown.o) return { done: words };
  return returnTo(turn, true, await drawOwnSettings(turn));
}
