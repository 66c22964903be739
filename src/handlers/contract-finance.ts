// Giving a contract in force another finance owner, from its card.
import type { z } from 'zod';
import { authorize } from '../domain/access.js';
import { FINANCE_OWNER_ROLES, hasFinanceOwner } from '../domain/contracts/contract.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { setFinanceOwner } from '../domain/contracts/finance-owner.service.js';
import { DomainError } from '../domain/errors.js';
import { listHolders } from '../domain/members/member.queries.js';
import { CARD_FORM, cardForm, contractIdOf, drawCard } from './contract-card.js';
import type { Deps } from './deps.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, returnTo } from './turn-to.js';
import { formMetadata, type SubmitTurn } from './turns.js';
import { financeOwnerModal } from './views/contract-form-views.js';

const metadata = formMetadata(CARD_FORM);
type Metadata = z.infer<typeof metadata>;

/** Plugs in the form. */
export function registerContractFinance(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.contractFinance, (turn) => openForm(turn, contractIdOf(turn.value)));
  doors.submit(VIEW.contractFinance, metadata, submit);
}

async function openForm(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.finance', contract.owner.id);
  if (!hasFinanceOwner(contract.status))
    throw new DomainError('contract.bad_state', { state: contract.status, action: 'finance' });
  const shown: Metadata = cardForm(turn, contract);
  const people = await listHolders(ctx.db, ...FINANCE_OWNER_ROLES);
  await showView(turn, financeOwnerModal(contract, people, JSON.stringify(shown), readerOf(turn)));
}

async function submit(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const chosen = form.choice('financeOwnerId');
  const financeOwnerId = chosen === null ? null : recordId(chosen);
  await setFinanceOwner(ctx, { id: shown.c, version: shown.v, financeOwnerId });
  const { number, financeOwner } = await loadContract(ctx, shown.c);
  const result = financeOwner
    ? t('contracts:finance_owner.set', { number, who: financeOwner.name })
    : t('contracts:finance_owner.none', { number });
  return returnTo(turn, shown.o, await drawCard(turn, shown.c, { result, list: shown.l }));
}
