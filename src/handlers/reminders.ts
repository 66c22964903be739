// The conversation about reminders and cases: acknowledge a case, open the to-do list and that of cases.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { homeKinds } from '../domain/home/home-kinds.js';
import { findWaiting } from '../domain/home/waiting.queries.js';
import type { WaitingBySort } from '../domain/home/waiting-item.queries.js';
import { fromUtcDate } from '../domain/local-date.js';
import { acknowledgeCase } from '../domain/reminders/case.service.js';
import { findOpenCases } from '../domain/reminders/open-cases.queries.js';
import { findTodo, type Todo } from '../domain/reminders/todo.queries.js';
import type { Deps } from './deps.js';
import { formatDate } from './i18n/format.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import { type ActionTurn, parseValue, type Turn } from './turns.js';
import { casesModal } from './views/case-list-views.js';
import { withAlert } from './views/form-views.js';
import type { Message } from './views/info-view.js';
import { pagerButtons } from './views/list-views.js';
import { MESSAGE_ROWS, todoMessage, todoModal } from './views/todo-views.js';

const caseValue = z.object({ c: z.uuid() });
/** Pages of the to-do list turn within its modal. */
const CASE_PAGES = pagerButtons(ACTION.cases);
const TODO_PAGES = pagerButtons(ACTION.todo);

/** Listens to [已知悉], [待办] and the list's pages. */
export function registerReminders(doors: Doors, _deps: Deps): void {
  doors.action(ACTION.caseAcknowledge, async (turn) => {
    const { ctx, t } = turn;
    const acked = await acknowledgeCase(ctx, parseValue(caseValue, turn.value).c);
    const until = acked.ackedUntil === null ? ctx.today : fromUtcDate(acked.ackedUntil);
    const text = t('reminders:acknowledged', { date: formatDate(ctx.actor.locale, until, ctx.today) });
    // In a modal it is the to-do list or that of cases: its page comes back as it stands now.
    if (turn.body.view?.type === 'modal') await turn.redraw(withAlert(await drawShown(turn), text));
    else await turn.tell(text);
  });

  doors.opens(ACTION.cases, async (turn) => turn.show(await drawCases(turn, 1)));
  doors.action(CASE_PAGES, async (turn) => turn.redraw(await drawCases(turn, Number(turn.value) || 1)));

  doors.opens(ACTION.todo, async (turn) => {
    await turn.show(await drawTodo(turn, 1));
  });

  doors.action(TODO_PAGES, async (turn) => {
    await turn.redraw(await drawTodo(turn, Number(turn.value) || 1));
  });
}

type Drawn = Pick<Turn, 'ctx' | 't'>;

const drawTodo = async (turn: Drawn, page: number): Promise<ModalView> =>
  todoModal(...(await loadTodo(turn.ctx, { number: page })), readerOf(turn));

const drawCases = async (turn: Drawn, page: number): Promise<ModalView> =>
  casesModal(await findOpenCases(turn.ctx, page), readerOf(turn));

/** Which of the two is shown, and its page. */
const shownState = z.object({ k: z.enum(['todo', 'cases']), p: z.number().int().min(1) });

async function drawShown(turn: ActionTurn): Promise<ModalView> {
  const { k, p } = parseValue(shownState, turn.body.view?.private_metadata ?? '');
  return k === 'cases' ? drawCases(turn, p) : drawTodo(turn, p);
}

/** The to-do list as an answer to a command. */
export async function answerTodo(turn: Turn & { reply: (message: Message) => Promise<void> }): Promise<void> {
  const found = await loadTodo(turn.ctx, { number: 1, size: MESSAGE_ROWS });
  await turn.reply(todoMessage(...found, readerOf(turn)));
}

async function loadTodo(ctx: Ctx, page?: { number: number; size?: number }): Promise<[Todo, WaitingBySort]> {
  return Promise.all([findTodo(ctx, page), findWaiting(ctx, ...homeKinds(ctx.actor))]);
}
