// The contract's card as a window: drawn from fresh facts, and kept true when something was decided meanwhile.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { allowsEvent, type ContractEvent } from '../domain/contracts/contract.js';
import { type ContractDetails, loadContract } from '../domain/contracts/contract.queries.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { VIEW } from './ids.js';
import { readerOf, recordId } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, returnTo, turnTo } from './turn-to.js';
import { parseValue, type SubmitTurn, type Turn } from './turns.js';
import { type CardExtras, contractCardModal } from './views/contract-views.js';

const valueSchema = z.object({ c: z.uuid() });
const cardState = z.object({ c: z.uuid(), l: z.string().optional() });

/** The contract a button is about; a plain id is understood too. @throws DomainError not_found */
export const contractIdOf = (value: string): string =>
  value.startsWith('{') ? parseValue(valueSchema, value).c : recordId(value);

/** Asked before a form opens; the service asks again. @throws DomainError contract.bad_state */
export function requireEvent(contract: Pick<ContractDetails, 'status'>, event: ContractEvent): void {
  if (!allowsEvent(contract.status, event)) {
    throw new DomainError('contract.bad_state', { state: contract.status, action: event });
  }
}

/** The list behind a card or the list itself, as its serialised state. */
export function listBehind(turn: Mover): string | undefined {
  const shown = modalOf(turn);
  if (shown?.callback_id === VIEW.contractList) return shown.private_metadata;
  return shown?.callback_id === VIEW.contractCard
    ? parseValue(cardState, shown.private_metadata).l
    : undefined;
}

/** Whether the click came from the card itself. */
export const isOnCard = (turn: Mover): boolean => modalOf(turn)?.callback_id === VIEW.contractCard;

/** What a form about a contract remembers besides its own; `o`: opened on top of the card; `l`: the list behind it. */
export const CARD_FORM = {
  c: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  l: z.string().optional(),
};

/** The same of a form that is opened now. */
export const cardForm = (
  turn: Mover & Pick<Turn, 'ctx'>,
  contract: Pick<ContractDetails, 'id' | 'version'>,
) => ({
  r: newId(turn.ctx.now),
  c: contract.id,
  v: contract.version,
  o: isOnCard(turn),
  l: listBehind(turn),
});

/** The card from fresh facts. @throws DomainError not_found */
export async function drawCard(
  turn: Pick<Turn, 'ctx' | 't'>,
  contractId: string,
  extras: CardExtras = {},
): Promise<ModalView> {
  const details = await loadContract(turn.ctx, contractId);
  return contractCardModal(details, turn.ctx.company.settings, readerOf(turn), extras);
}

/**
 * Shows a contract.
 * @throws DomainError not_found, also where it lies outside the reader's scope
 */
export async function showContract(turn: Mover, contractId: string): Promise<void> {
  await turnTo(turn, await drawCard(turn, recordId(contractId), { list: listBehind(turn) }));
}

/** The card below a form, which `below` describes, with what was done. */
export async function drawCardBelow(
  turn: Pick<Turn, 'ctx' | 't'>,
  below: string,
  result: string,
): Promise<ModalView> {
  const { c, l } = parseValue(cardState, below);
  return drawCard(turn, c, { list: l, result });
}

/** After something was saved on top of a card: the card below is drawn anew with the result. */
export async function returnToCard<M>(turn: SubmitTurn<M>, below: string, result: string): Promise<Outcome> {
  return returnTo(turn, true, await drawCardBelow(turn, below, result));
}

const MEANWHILE = ['approval.decided', 'version.conflict', 'contract.bad_state'] as const;

/** Whether somebody else was faster: what is shown is no longer so. */
export const isMeanwhile = (error: unknown): error is DomainError =>
  MEANWHILE.some((code) => isDomainError(error, code));

/**
 * Runs what was clicked on a card and draws it anew with the result; where somebody was faster (or whatever else
 * `isTold` names), with what happened instead.
 * Anything else is thrown on.
 */
export async function runOnCard(
  turn: Mover & { redraw: (view: ModalView) => Promise<void> },
  deps: Deps,
  contractId: string,
  run: () => Promise<string>,
  isTold: (error: unknown) => boolean = isMeanwhile,
): Promise<void> {
  const list = listBehind(turn);
  try {
    const result = await run();
    await turn.redraw(await drawCard(turn, contractId, { list, result }));
  } catch (error) {
    if (!isTold(error)) throw error;
    const { text } = describeError(error, readerOf(turn), deps.log);
    await turn.redraw(await drawCard(turn, contractId, { list, result: text, level: 'warning' }));
  }
}
