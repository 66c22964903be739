// Money that nobody has claimed: its list, its window, taking it back. The receipt form records and claims it (receipts.ts).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { findUnclaimed, listUnclaimed, seesUnclaimed } from '../domain/receipts/unclaimed.queries.js';
import { withdrawUnclaimed } from '../domain/receipts/unclaimed.service.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { openRecordReceipt, opensReceiptForm } from './receipts.js';
import { readerOf } from './show-view.js';
import { type Mover, modalOf, opensAnew, turnTo } from './turn-to.js';
import { type ActionTurn, parseValue, type Turn } from './turns.js';
import { pagerButtons } from './views/list-views.js';
import { unclaimedListModal, unclaimedModal } from './views/unclaimed-views.js';

const byId = z.object({ u: z.uuid() });
const pageValue = z.object({ p: z.number().int().min(1) });

/** Plugs in the list, the window, [认领] and [撤回]. */
export function registerUnclaimed(doors: Doors): void {
  doors.opens(ACTION.unclaimedList, (turn) => openUnclaimedList(turn), opensAnew);
  doors.action(pagerButtons(ACTION.unclaimedPage), (turn) =>
    openUnclaimedList(turn, parseValue(pageValue, turn.value).p),
  );
  doors.opens(ACTION.unclaimedNew, (turn) => openRecordReceipt(turn, { for: 'unidentified' }));
  doors.opens(
    ACTION.unclaimedOpen,
    (turn) => showUnclaimed(turn, { id: parseValue(byId, turn.value).u }),
    opensAnew,
  );
  doors.opens(
    ACTION.unclaimedClaim,
    (turn) => openRecordReceipt(turn, { unclaimedId: parseValue(byId, turn.value).u }),
    opensReceiptForm,
  );
  doors.action(ACTION.unclaimedWithdraw, runWithdraw);
}

/** Opens the list of what waits to be claimed. @throws DomainError access.denied, role.missing */
export async function openUnclaimedList(turn: Mover, page = 1): Promise<void> {
  if (!seesUnclaimed(turn.ctx.actor)) authorize(turn.ctx.actor, 'receipt.record');
  const view = unclaimedListModal(await listUnclaimed(turn.ctx, { number: page }), readerOf(turn));
  const inPlace = modalOf(turn)?.callback_id === VIEW.unclaimedList && turn.redraw;
  await (inPlace ? inPlace(view) : turnTo(turn, view));
}

/** Opens the window of one, by id or number. @throws DomainError not_found */
export async function showUnclaimed(turn: Mover, ref: { id: string } | { number: string }): Promise<void> {
  await turnTo(turn, await draw(turn, ref));
}

async function draw(
  turn: Pick<Turn, 'ctx' | 't'>,
  ref: { id: string } | { number: string },
  result?: string,
) {
  const facts = await findUnclaimed(turn.ctx, ref);
  if (!facts) throw new DomainError('not_found', { ref: 'number' in ref ? ref.number : '' });
  return unclaimedModal(facts, readerOf(turn), turn.ctx.company.settings.paymentMethods, result);
}

async function runWithdraw(turn: ActionTurn): Promise<void> {
  const money = await withdrawUnclaimed(turn.ctx, parseValue(byId, turn.value).u);
  const words = turn.t('receipts:withdraw.done', { number: money.number });
  if (modalOf(turn)) await turn.redraw(await draw(turn, { id: money.id }, words));
  else await turn.tell(words);
}
