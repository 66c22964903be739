// [更正资料] of a contract in force: type, signing day, remark, and further files.
import type { z } from 'zod';
import { authorize } from '../domain/access.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { correctContract } from '../domain/contracts/correct-contract.service.js';
import { CARD_FORM, cardForm, contractIdOf, drawCard, requireEvent } from './contract-card.js';
import { formatNames } from './i18n/format.js';
import type { Doors } from './listen.js';
import { RECORD } from './record-ids.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, returnTo } from './turn-to.js';
import { formMetadata, type SubmitTurn } from './turns.js';
import { contractCorrectModal } from './views/contract-correct-views.js';

const metadata = formMetadata(CARD_FORM);
type Metadata = z.infer<typeof metadata>;

/** Plugs in the form. */
export function registerContractCorrect(doors: Doors): void {
  doors.opens(RECORD.correct, (turn) => openForm(turn, contractIdOf(turn.value)));
  doors.submit(RECORD.correct, metadata, submit);
}

async function openForm(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.edit', contract.owner.id);
  requireEvent(contract, 'correct');
  const shown: Metadata = cardForm(turn, contract);
  const { contractTypes } = ctx.company.settings;
  await showView(turn, contractCorrectModal(contract, contractTypes, JSON.stringify(shown), readerOf(turn)));
}

async function submit(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const correction = {
    id: shown.c,
    version: shown.v,
    type: form.requiredChoice('type'),
    signedOn: form.date('signedOn', { today: ctx.today, prefer: 'past' }),
    remark: form.text('remark', { max: 3000 }),
  };
  const files = form.files('files');
  form.check();
  const { contract, moved, kept } = await correctContract(ctx, correction, files);
  const { number } = contract;
  const done =
    moved === 0
      ? t('contract_life:correct.done', { number })
      : t('contract_life:correct.moved', { number, count: moved });
  const seqs = formatNames(ctx.actor.locale, kept.map(String));
  const stay = kept.length === 0 ? [] : [t('contract_life:correct.kept', { count: kept.length, seqs })];
  const result = [done, ...stay].join('\n');
  return returnTo(turn, shown.o, await drawCard(turn, shown.c, { result, list: shown.l }));
}
