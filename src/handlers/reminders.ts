// The conversation about reminders and cases: acknowledge a case, open the to-do list.
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { homeKinds } from '../domain/home/home.queries.js';
import { findWaiting, type Waiting } from '../domain/home/waiting.queries.js';
import { fromUtcDate } from '../domain/local-date.js';
import { acknowledgeCase } from '../domain/reminders/case.service.js';
import { findTodo, type Todo } from '../domain/reminders/todo.queries.js';
import type { Deps } from './deps.js';
import { formatDate } from './i18n/format.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import { parseValue, type Turn } from './turns.js';
import { withAlert } from './views/form-views.js';
import type { Message } from './views/info-view.js';
import { MESSAGE_ROWS, todoMessage, todoModal } from './views/todo-views.js';

const caseValue = z.object({ c: z.uuid() });
/** Pages of the to-do list turn within its modal. */
const TODO_PAGES = new RegExp(`^${ACTION.todo.replace('.', '\\.')}\\.(previous|next)$`);

/** Listens to [已知悉], [待办] and the list's pages. */
export function registerReminders(doors: Doors, _deps: Deps): void {
  doors.action(ACTION.caseAcknowledge, async (turn) => {
    const { ctx, t } = turn;
    const acked = await acknowledgeCase(ctx, parseValue(caseValue, turn.value).c);
    const until = acked.ackedUntil === null ? ctx.today : fromUtcDate(acked.ackedUntil);
    const text = t('reminders:acknowledged', { date: formatDate(ctx.actor.locale, until, ctx.today) });
    // In a modal it is the to-do list: it comes back without the case.
    if (turn.body.view?.type === 'modal')
      await turn.redraw(withAlert(todoModal(...(await loadTodo(ctx)), readerOf(turn)), text));
    else await turn.tell(text);
  });

  doors.action(ACTION.todo, async (turn) => {
    await turn.show(todoModal(...(await loadTodo(turn.ctx)), readerOf(turn)));
  });

  doors.action(TODO_PAGES, async (turn) => {
    const found = await loadTodo(turn.ctx, { number: Number(turn.value) || 1 });
    await turn.redraw(todoModal(...found, readerOf(turn)));
  });
}

/** The to-do list as an answer to a command. */
export async function answerTodo(turn: Turn & { reply: (message: Message) => Promise<void> }): Promise<void> {
  const found = await loadTodo(turn.ctx, { number: 1, size: MESSAGE_ROWS });
  await turn.reply(todoMessage(...found, readerOf(turn)));
}

async function loadTodo(ctx: Ctx, page?: { number: number; size?: number }): Promise<[Todo, Waiting]> {
  return Promise.all([findTodo(ctx, page), findWaiting(ctx, ...homeKinds(ctx.actor))]);
}
