// A contract's card, and deleting a draft. Making and changing one is contract-flow.ts, lists are lists.ts, approval
// is contract-decisions.ts.
import { z } from 'zod';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { deleteContract } from '../domain/contracts/contract.service.js';
import { contractIdOf, isMeanwhile, listBehind, runOnCard, showContract } from './contract-card.js';
import type { Deps } from './deps.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { modalOf, opensAnew } from './turn-to.js';
import { type ActionTurn, parseValue } from './turns.js';
import { actions } from './views/blocks.js';
import { infoModal } from './views/info-view.js';
import { backButton } from './views/list-views.js';

const deleteValue = z.object({ c: z.uuid(), v: z.number().int() });
/** Plugs in what is done with one contract. */
export function registerContracts(doors: Doors, deps: Deps): void {
  doors.opens(ACTION.contractOpen, (turn) => showContract(turn, contractIdOf(turn.value)), opensAnew);
  doors.action(ACTION.contractDelete, (turn) => runDelete(turn, deps));
}

async function runDelete(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { c, v } = parseValue(deleteValue, turn.value);
  const list = listBehind(turn);
  const { number } = await loadContract(ctx, c);
  try {
    await deleteContract(ctx, c, v);
  } catch (error) {
    if (!isMeanwhile(error) || !modalOf(turn)) throw error;
    return runOnCard(turn, deps, c, () => Promise.reject(error));
  }
  const back = list === undefined ? [] : [actions([backButton(t, ACTION.contractPage, list)])];
  const done = t('contracts:delete.done', { number });
  if (modalOf(turn)) await turn.redraw(infoModal(t, done, back));
  else await turn.tell(done);
}
