// The form of [更正资料]: what of a contract in force may be corrected without an amendment. Pure.
import type { ModalView } from '@slack/types';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { RECORD } from '../record-ids.js';
import { context, dateInput, input, modal, option, section, selectInput, textInput } from './blocks.js';
import { contractHeading } from './contract-approval-views.js';
import type { RowReader } from './row-views.js';

const MAX_FILES = 10;

/** Type, signing day, remark, files. */
export function contractCorrectModal(
  contract: ContractDetails,
  contractTypes: readonly DictionaryEntry[],
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t, locale } = reader;
  const optional = { optional: true };
  const types = contractTypes
    .filter((entry) => entry.active || entry.key === contract.type)
    .map((entry) => option(dictionaryName([entry], entry.key, locale), entry.key));
  const known = contractTypes.some((entry) => entry.key === contract.type);
  return modal({
    callbackId: RECORD.correct,
    title: t('contract_life:correct'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(contractHeading(contract, reader)),
      context(t('contract_life:correct.explain')),
      input(
        'type',
        t('contracts:type'),
        selectInput(known ? types : [...types, option(contract.type, contract.type)], contract.type),
      ),
      input('signedOn', t('contracts:signed_on'), dateInput(contract.signedOn), {
        optional: contract.signedOn === null,
        hint: t('contract_life:correct.signed_hint'),
      }),
      input(
        'files',
        t('contracts:files_more'),
        { type: 'file_input', action_id: 'value', max_files: MAX_FILES },
        { ...optional, hint: t('common:files_hint') },
      ),
      input(
        'remark',
        t('contracts:remark'),
        textInput({ initial: contract.remark, multiline: true }),
        optional,
      ),
    ],
  });
}
