// Sample files: the columns of a kind in the reader's words, with one row filled in, posted in the app's conversation.

import type { ImportKind } from '../domain/imports/fields.js';
import { addDays } from '../domain/local-date.js';
import { type DictionaryEntry, dictionaryName } from '../domain/settings/settings.js';
import { writeSheet } from '../sheets/write-sheet.js';
import type { ActionTurn } from './turns.js';
import { fieldLabel } from './views/import-mapping-views.js';

/** A value for each column that most files have: sent back as it is, no row of it is an error. */
function sampleOf(kind: ImportKind, { ctx }: Pick<ActionTurn, 'ctx'>): Record<string, string> {
  const { today, actor, company } = ctx;
  const { contractTypes, paymentMethods } = company.settings;
  const firstOf = (entries: readonly DictionaryEntry[]) =>
    dictionaryName(entries, entries.find((entry) => entry.active)?.key ?? '', actor.locale);
  const customer = actor.locale === 'en' ? 'Example Machinery Ltd' : '示例机械有限公司';
  switch (kind) {
    case 'customers':
      return {
        name: customer,
        code: '',
        shortName: '',
        owner: actor.name,
        industry: '',
        contactName: '',
        contactPhone: '',
        taxNo: '',
        remark: '',
      };
    case 'contracts':
      return {
        number: 'A-001',
        customer,
        name: actor.locale === 'en' ? 'Loader' : '装载机',
        amount: '300000',
        currency: company.baseCurrency,
        type: firstOf(contractTypes),
        signedOn: today,
        startsOn: today,
        endsOn: addDays(today, 365),
        owner: actor.name,
        part1Amount: '90000',
        part1Due: addDays(today, 30),
        part2Amount: '210000',
        part2Due: addDays(today, 90),
      };
    case 'receipts':
    case 'opening':
      return {
        contract: 'A-001',
        customer,
        amount: '90000',
        receivedOn: today,
        method: firstOf(paymentMethods),
        payer: customer,
        slip: '',
        remark: '',
      };
  }
}

/** Posts the sample file of a kind to the person. */
export async function sendSample(turn: ActionTurn, kind: ImportKind): Promise<void> {
  const { ctx, t, client } = turn;
  const sample = sampleOf(kind, turn);
  const header = Object.keys(sample).map((key) => fieldLabel(t, kind, key));
  const file = await writeSheet('xlsx', header, [Object.values(sample)]);
  const { channel } = await client.conversations.open({ users: ctx.actor.slackUserId });
  const name = `${t('imports:sample_name')}-${t(`imports:kind.${kind}`)}.xlsx`;
  await client.filesUploadV2({
    channel_id: channel?.id ?? '',
    initial_comment: t('imports:sample_sent'),
    file,
    filename: name,
  });
  await turn.tell(t('imports:sample_sent'));
}
