// The plan of one contract as a window.
import { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import { findRows } from '../domain/plans/instalment.queries.js';
import { findPlanTarget, findPlanTargetByNumber } from '../domain/plans/plan-choices.queries.js';
import type { Deps } from './deps.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { isRecordId, readerOf } from './show-view.js';
import { type Mover, opensAnew, turnTo } from './turn-to.js';
import { parseValue } from './turns.js';
import { planOfModal } from './views/plan-list-views.js';

const planOfValue = z.object({ c: z.uuid() });

/** Plugs in the button that shows it. */
export function registerPlanOf(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.planOf, (turn) => showPlanOf(turn, parseValue(planOfValue, turn.value).c), opensAnew);
}

/**
 * Shows the plan of a contract, by its id or number.
 * @throws DomainError not_found, also where it lies outside the reader's scope
 */
export async function showPlanOf(turn: Mover, contract: string): Promise<void> {
  const target = isRecordId(contract)
    ? await findPlanTarget(turn.ctx, contract)
    : await findPlanTargetByNumber(turn.ctx, contract);
  if (!target) throw new DomainError('not_found', { ref: isRecordId(contract) ? '' : contract });
  const list = await findRows(
    turn.ctx,
    { contractId: target.contractId, sort: 'plan' },
    { number: 1, size: 100 },
  );
  await turnTo(turn, planOfModal(target, list, readerOf(turn)));
}
