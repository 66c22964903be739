// 我的设置: what anybody sets for themselves, and what else their role lets them set (ux §4.9).
import type { ModalView } from '@slack/types';
import { can } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { findDelegate } from '../domain/members/delegate.queries.js';
import { type Opener, readerOf, showView } from './show-view.js';
import type { Turn } from './turns.js';
import { ownSettings } from './views/delegate-views.js';
import { ratesValue } from './views/settings-rates-views.js';

/** Opens it. */
export async function openOwnSettings(turn: Opener): Promise<void> {
  await showView(turn, await drawOwnSettings(turn));
}

/** As it is now. */
export async function drawOwnSettings(turn: Pick<Turn, 'ctx' | 't'>): Promise<ModalView> {
  const { actor } = turn.ctx;
  const facts = await findDelegate(turn.ctx, { id: actor.id });
  if (!facts) throw new DomainError('not_found', { ref: '' });
  const { settings, baseCurrency } = turn.ctx.company;
  const also = {
    ladder: can(actor, 'ladder.edit'),
    flows: can(actor, 'flow.see'),
    rates: can(actor, 'rates.edit') ? ratesValue(turn.t, settings, baseCurrency) : null,
  };
  return ownSettings(facts, also, readerOf(turn));
}
