// A person's own hour of reminders and quiet hours, in a window of their own (rules §7): for everybody with a role.
import { z } from 'zod';
import { newId } from '../domain/ids.js';
import { findOwnTimes, setOwnTimes } from '../domain/members/times.service.js';
import { sendHours } from '../domain/reminders/send-times.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { type Opener, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { formMetadata, type SubmitTurn } from './turns.js';
import { ownTimesForm } from './views/own-times-views.js';

const metadata = formMetadata({ v: z.number().int() });

/** Plugs in the form. */
export function registerOwnTimes(doors: Doors): void {
  doors.opens(ACTION.ownTimes, openOwnTimes);
  doors.submit(VIEW.ownTimes, metadata, saveOwnTimes);
}

/** Opens the actor's own times. */
export async function openOwnTimes(turn: Opener): Promise<void> {
  const { ctx, t } = turn;
  const { version, ...times } = await findOwnTimes(ctx);
  const state = JSON.stringify({ r: newId(ctx.now), v: version });
  await showView(turn, ownTimesForm(t, times, ctx.company, state));
}

async function saveOwnTimes(turn: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const times = {
    remindAt: form.time('remindAt'),
    quietFrom: form.time('quietFrom'),
    quietTo: form.time('quietTo'),
  };
  await setOwnTimes(ctx, shown.v, times);
  const { opens } = sendHours({ ...times, timezone: ctx.actor.timezone }, ctx.company);
  return { done: t('times:saved', { time: opens, zone: ctx.actor.timezone }) };
}
