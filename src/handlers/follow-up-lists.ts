// Follow-ups as a timeline, from the cards of contracts and customers; and for whoever leads people, what each made of
// theirs.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import {
  type FollowUpsOf,
  findFollowUpStats,
  findFollowUps,
} from '../domain/follow-ups/follow-up-list.queries.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import { type ActionTurn, parseValue } from './turns.js';
import { followUpStatsModal, timelineModal } from './views/follow-up-list-views.js';
import { pagerButtons } from './views/list-views.js';

const value = z.object({ c: z.uuid().optional(), u: z.uuid().optional(), p: z.number().int() });
const PAGES = pagerButtons(ACTION.followUpList);

/** Plugs in the timeline, its pages, and the numbers. */
export function registerFollowUpLists(doors: Doors): void {
  doors.opens(ACTION.followUpList, async (turn) => turn.show(await drawTimeline(turn)));
  doors.action(PAGES, async (turn) => turn.redraw(await drawTimeline(turn)));
  doors.opens(ACTION.followUpStats, async (turn) => {
    authorize(turn.ctx.actor, 'instalment.assign');
    await turn.show(followUpStatsModal(await findFollowUpStats(turn.ctx), readerOf(turn)));
  });
}

async function drawTimeline(turn: ActionTurn) {
  const { c, u, p } = parseValue(value, turn.value);
  const of: FollowUpsOf | null =
    c !== undefined ? { contractId: c } : u !== undefined ? { customerId: u } : null;
  if (of === null) throw new DomainError('not_found', { ref: '' });
  return timelineModal(of, await findFollowUps(turn.ctx, of, p), readerOf(turn));
}
