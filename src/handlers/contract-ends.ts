// Archiving and voiding a contract as a conversation, from its card and by command (F30).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { archiveContract, voidContract } from '../domain/contracts/contract-end.service.js';
import { askVoid } from '../domain/contracts/contract-void.service.js';
import { DomainError } from '../domain/errors.js';
import { CARD_FORM, cardForm, contractIdOf, drawCard, requireEvent, runOnCard } from './contract-card.js';
import type { Deps } from './deps.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { VOID_REASON_MAX, voidModal } from './views/contract-end-views.js';
import { withAlert, withTyped } from './views/form-views.js';

const versioned = z.object({ c: z.uuid(), v: z.number().int() });
const voidMetadata = formMetadata({
  ...CARD_FORM,
  /** It has money: finance is asked. */
  m: z.boolean(),
});

/** Plugs in what ends a contract. */
export function registerContractEnds(doors: Doors, deps: Deps): void {
  doors.action(ACTION.contractArchive, (turn) => runArchive(turn, deps));
  doors.opens(ACTION.contractVoid, (turn) => openVoid(turn, contractIdOf(turn.value)));
  doors.submit(VIEW.contractVoid, voidMetadata, submitVoid);
}

async function runArchive(turn: ActionTurn, deps: Deps): Promise<void> {
  const { ctx, t } = turn;
  const { c, v } = parseValue(versioned, turn.value);
  const archive = async () => {
    const contract = await archiveContract(ctx, c, v);
    return t('contract_life:archive.done', { number: contract.number });
  };
  if (modalOf(turn)) return runOnCard(turn, deps, c, archive);
  await turn.tell(await archive());
}

/** Asks why. @throws DomainError not_found, access.denied, contract.bad_state */
export async function openVoid(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.void', contract.owner.id);
  requireEvent(contract, 'void');
  if (contract.voiding) throw new DomainError('contract.void_open', { number: contract.number });
  const metadata = JSON.stringify({
    ...cardForm(turn, contract),
    m: contract.received > 0n,
  } satisfies z.infer<typeof voidMetadata>);
  await showView(turn, voidModal(contract, readerOf(turn), metadata));
}

async function submitVoid(turn: SubmitTurn<z.infer<typeof voidMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const reason = form.requiredText('reason', { max: VOID_REASON_MAX });
  form.check();
  const shown = await loadContract(ctx, metadata.c);
  // Money came or went meanwhile: voiding is something else now.
  if (shown.status === 'active' && shown.received > 0n !== metadata.m) {
    const view = voidModal(shown, readerOf(turn), JSON.stringify({ ...metadata, m: !metadata.m }));
    return { update: withAlert(withTyped(view, turn.view.state.values), t('voids:money_changed')) };
  }
  const input = { id: metadata.c, version: metadata.v, reason };
  if (metadata.m) {
    const { number, names } = await askVoid(ctx, input);
    const words = t(`voids:asked.${names.length > 0 ? 'done' : 'orphan'}`, {
      number,
      names: formatNames(ctx.actor.locale, names),
    });
    const card = await drawCard(turn, metadata.c, { result: words, list: metadata.l });
    return returnTo(turn, metadata.o, card);
  }
  const contract = await voidContract(ctx, input);
  const result = t('contract_life:void.done', { number: contract.number });
  return returnTo(turn, metadata.o, await drawCard(turn, contract.id, { result, list: metadata.l }));
}
