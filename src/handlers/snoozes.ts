// [稍后提醒]: until tomorrow, in three days, or a day; for the person's own messages alone (ux §3).
import { z } from 'zod';
import { newId } from '../domain/ids.js';
import { addDays } from '../domain/local-date.js';
import { snoozeRow } from '../domain/reminders/snooze.service.js';
import type { Deps } from './deps.js';
import { formatDate } from './i18n/format.js';
import { VIEW } from './ids.js';
import { drawInstalment, isOnTop, loadRow } from './instalments.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { snoozeModal } from './views/snooze-views.js';

/** `o`: on top of the instalment's own window. */
const metadata = formMetadata({ i: z.uuid(), o: z.boolean() });
type Metadata = z.infer<typeof metadata>;

/** Plugs in the form. */
export function registerSnoozes(doors: Doors, _deps: Deps): void {
  doors.submit(VIEW.snooze, metadata, submitSnooze);
}

/** Opens the form. @throws DomainError not_found */
export async function openSnooze(turn: ActionTurn, id: string): Promise<void> {
  const row = await loadRow(turn, id);
  const shown = { r: newId(turn.ctx.now), i: id, o: isOnTop(turn) } satisfies Metadata;
  await showView(turn, snoozeModal(row, JSON.stringify(shown), readerOf(turn)));
}

async function submitSnooze(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const days = { tomorrow: 1, three: 3 } as Record<string, number>;
  const ahead = days[form.requiredChoice('when')];
  const until =
    ahead === undefined
      ? form.requiredDate('until', { today: ctx.today, prefer: 'future' })
      : addDays(ctx.today, ahead);
  form.check();
  await snoozeRow(ctx, { instalmentId: shown.i, until });
  const words = t('snoozes:done', { date: formatDate(ctx.actor.locale, until, ctx.today) });
  return returnTo(turn, shown.o, await drawInstalment(turn, shown.i, words));
}
