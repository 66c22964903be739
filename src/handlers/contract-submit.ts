// Sending a contract for approval, from its card or a list. Deciding about it is approvals.ts.
import type { z } from 'zod';
import { authorize } from '../domain/access.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { submitContract } from '../domain/contracts/contract-approval.service.js';
import { CARD_FORM, cardForm, contractIdOf, drawCard, requireEvent } from './contract-card.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { contractSubmitModal } from './views/contract-approval-views.js';

const submitMetadata = formMetadata(CARD_FORM);

/** Plugs in sending contracts. */
export function registerContractSubmit(doors: Doors): void {
  doors.opens(ACTION.contractSubmit, openSubmit);
  doors.submit(VIEW.contractSubmit, submitMetadata, submitForApproval);
}

async function openSubmit(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractIdOf(turn.value));
  authorize(ctx.actor, 'contract.submit', contract.owner.id);
  requireEvent(contract, 'submit');
  const metadata = JSON.stringify({
    ...cardForm(turn, contract),
  } satisfies z.infer<typeof submitMetadata>);
  await showView(turn, contractSubmitModal(contract, readerOf(turn), metadata));
}

async function submitForApproval(turn: SubmitTurn<z.infer<typeof submitMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const planLater = form.choices('planLater').includes('yes');
  const { contract, approverNames } = await submitContract(ctx, {
    id: metadata.c,
    version: metadata.v,
    planLater,
  });
  const facts = { number: contract.number, names: formatNames(ctx.actor.locale, approverNames) };
  const result =
    approverNames.length === 0 ? t('contracts:submit.done_orphan', facts) : t('contracts:submit.done', facts);
  return returnTo(turn, metadata.o, await drawCard(turn, contract.id, { result, list: metadata.l }));
}
