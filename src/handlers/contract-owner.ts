// Giving one contract to somebody else of the team, from its card.
import type { z } from 'zod';
import { authorize } from '../domain/access.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { giveContract } from '../domain/contracts/give-contract.service.js';
import { DomainError } from '../domain/errors.js';
import { findPersonBySlackId } from '../domain/members/member.queries.js';
import { CARD_FORM, cardForm, contractIdOf, drawCard, requireEvent } from './contract-card.js';
import type { Doors } from './listen.js';
import { RECORD } from './record-ids.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, returnTo } from './turn-to.js';
import { formMetadata, type SubmitTurn } from './turns.js';
import { contractOwnerModal } from './views/contract-form-views.js';

const metadata = formMetadata(CARD_FORM);
type Metadata = z.infer<typeof metadata>;

/** Plugs in the form. */
export function registerContractOwner(doors: Doors): void {
  doors.opens(RECORD.assign, (turn) => openForm(turn, contractIdOf(turn.value)));
  doors.submit(RECORD.assign, metadata, submit);
}

async function openForm(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.assign', contract.owner.id);
  requireEvent(contract, 'assign');
  const shown: Metadata = cardForm(turn, contract);
  await showView(turn, contractOwnerModal(contract, JSON.stringify(shown), readerOf(turn)));
}

async function submit(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const slackUserId = form.requiredChoice('to');
  form.check();
  const person = await findPersonBySlackId(ctx.db, slackUserId);
  if (!person) throw new DomainError('not_found', { ref: '' }, 'to');
  const { number } = await giveContract(ctx, { id: shown.c, version: shown.v, toId: person.id });
  const result = t('contract_life:assign.done', { number, who: person.name });
  return returnTo(turn, shown.o, await drawCard(turn, shown.c, { result, list: shown.l }));
}
