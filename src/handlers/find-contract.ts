// Finding a contract by what was typed.
import { findContractByNumber, findContracts } from '../domain/contracts/contract-list.queries.js';
import { DomainError } from '../domain/errors.js';
import { showContract } from './contract-card.js';
import { openList } from './lists.js';
import type { Mover } from './turn-to.js';

/**
 * Shows the one contract that the words name, by number or any part; several: the list of them.
 * @throws DomainError not_found
 */
export async function findContract(turn: Mover, words: string): Promise<void> {
  const exact = await findContractByNumber(turn.ctx, words);
  if (exact !== null) return showContract(turn, exact);
  const { rows, total } = await findContracts(turn.ctx, { words });
  const [only] = rows;
  if (!only) throw new DomainError('not_found', { ref: words });
  return total === 1 ? showContract(turn, only.id) : openList(turn, 'contract', { words });
}
