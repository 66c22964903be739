// Finding a contract by what was typed.
import { findContractByNumber, findContracts } from '../domain/contracts/contract-list.queries.js';
import { DomainError } from '../domain/errors.js';
import { showContract } from './contract-card.js';
import { openList } from './lists.js';
import type { Mover } from './turn-to.js';

/**
 * Shows the one contract that the words name, by number or any part; several or none: the list of them.
 * @throws DomainError not_found for a number (`isNumber`) that nothing in the scope has
 */
export async function findContract(
  turn: Mover,
  words: string,
  { isNumber = false }: { isNumber?: boolean } = {},
): Promise<void> {
  const exact = await findContractByNumber(turn.ctx, words);
  if (exact !== null) return showContract(turn, exact);
  const { rows, total } = await findContracts(turn.ctx, { words });
  const [only] = rows;
  if (!only && isNumber) throw new DomainError('not_found', { ref: words });
  // Words that nothing has: the list says so, with the way to search on or to make one.
  return only && total === 1 ? showContract(turn, only.id) : openList(turn, 'contract', { words });
}
