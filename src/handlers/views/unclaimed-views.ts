// Money that nobody has claimed: its card in finance's channel, its window, the list (ux §4.5). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { UnclaimedFacts, UnclaimedPage } from '../../domain/receipts/unclaimed.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatNames,
  shortCustomer,
  truncate,
} from '../i18n/format.js';
import { ACTION, listId, VIEW } from '../ids.js';
import { auditButton } from './audit-views.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  fields,
  header,
  modal,
  plain,
  present,
  section,
} from './blocks.js';
import type { Message } from './info-view.js';
import { pager } from './list-views.js';
import { receiptValue } from './receipt-card-views.js';
import type { RowReader } from './row-views.js';

const unclaimedValue = (id: string): string => JSON.stringify({ u: id });
const moneyOf = ({ amount, currency }: UnclaimedFacts, { locale }: RowReader) =>
  formatMoney(locale, { minor: amount, currency });

/** What is known of the money; what is not is a dash. */
export function unclaimedFields(
  facts: UnclaimedFacts,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock {
  const { t, locale, today } = reader;
  return fields([
    [t('receipts:field.amount'), moneyOf(facts, reader)],
    [t('receipts:field.method'), dictionaryName(methods, facts.method, locale)],
    [t('receipts:field.received_on'), formatDate(locale, facts.receivedOn, today)],
    [t('receipts:field.payer'), truncate(facts.payerName ?? '', 60)],
    [t('receipts:field.slip'), facts.bankSlipNo ?? ''],
    [t('receipts:field.recorder'), truncate(facts.recorderName, 40)],
  ]);
}

/** Who has claimed it and how far that is; null while nobody has. */
function stateWords(facts: UnclaimedFacts, reader: RowReader): string | null {
  const { claim, withdrawnAt } = facts;
  const { t, locale } = reader;
  if (withdrawnAt) return withdrawnWords(facts, withdrawnAt, reader);
  if (!claim) return null;
  const words = {
    who: escapeMrkdwn(truncate(claim.who, 40)),
    number: claim.number,
    state: t(`common:receipt_state.${claim.status}`),
  };
  return claim.customerName === null
    ? t('unclaimed:claimed_unseen', words)
    : t('unclaimed:claimed', {
        ...words,
        customer: escapeMrkdwn(shortCustomer(locale, claim.customerName)),
      });
}

const withdrawnWords = (
  { withdrawnBy }: UnclaimedFacts,
  at: Date,
  { t, locale, now, timezone }: RowReader,
): string =>
  t('unclaimed:withdrawn_by', {
    who: escapeMrkdwn(truncate(withdrawnBy ?? '', 40)),
    at: formatInstant(locale, at, now, timezone),
  });

/** To whoever recorded it: somebody else took it back. */
export function unclaimedWithdrawn(
  facts: UnclaimedFacts,
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const { t } = reader;
  const text = t('unclaimed:told_withdrawn', {
    who: escapeMrkdwn(truncate(facts.withdrawnBy ?? '', 40)),
    number: facts.number,
    amount: moneyOf(facts, reader),
  });
  const open = button(ACTION.unclaimedOpen, t('common:open'), { value: unclaimedValue(facts.id) });
  return { text, blocks: [section(text, open)] };
}

/** The card: [认领] until somebody has. */
export function unclaimedCard(
  facts: UnclaimedFacts,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): Message & { blocks: KnownBlock[] } {
  const { t } = reader;
  const state = stateWords(facts, reader);
  const title = t(state === null ? 'unclaimed:card' : 'unclaimed:card_done', { number: facts.number });
  return {
    text: t('unclaimed:card_text', {
      title,
      amount: moneyOf(facts, reader),
      payer: escapeMrkdwn(truncate(facts.payerName ?? t('unclaimed:payer_unknown'), 60)),
    }),
    blocks: present<KnownBlock>(
      header(title),
      unclaimedFields(facts, reader, methods),
      facts.remark !== null && {
        type: 'section',
        text: plain(
          truncate(t('common:of_field', { label: t('receipts:field.remark'), text: facts.remark }), 600),
        ),
      },
      context(
        state ??
          present<string>(
            t('unclaimed:card_hint'),
            facts.attachmentIds.length > 0 &&
              t('receipts:card.vouchers', { count: facts.attachmentIds.length }),
          ).join(' · '),
      ),
      actions([
        ...(state === null ? [claimButton(facts, reader)] : []),
        button(ACTION.unclaimedOpen, t('common:open'), {
          value: unclaimedValue(facts.id),
          label: `${t('common:open')} ${facts.number}`,
        }),
      ]),
    ),
  };
}

export const claimButton = (facts: Pick<UnclaimedFacts, 'id' | 'number'>, { t }: RowReader) =>
  button(ACTION.unclaimedClaim, t('unclaimed:claim'), {
    style: 'primary',
    value: unclaimedValue(facts.id),
    label: `${t('unclaimed:claim')} ${facts.number}`,
  });

/** The money with what the reader may do about it. */
export function unclaimedModal(
  facts: UnclaimedFacts,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
  result?: string,
): ModalView {
  const { t, actor } = reader;
  const state = stateWords(facts, reader);
  const isOpen = state === null;
  const mayWithdraw =
    isOpen && actor !== null && (can(actor, 'receipt.approve') || facts.recordedById === actor.id);
  const buttons = present(
    isOpen && actor !== null && can(actor, 'receipt.record') && claimButton(facts, reader),
    facts.claim &&
      facts.claim.customerName !== null &&
      button(ACTION.receiptOpen, t('unclaimed:open_claim'), { value: receiptValue(facts.claim.id) }),
    mayWithdraw && withdrawButton(facts, reader),
    actor !== null && can(actor, 'audit.see') && auditButton({ kind: 'unclaimed', id: facts.id }, reader),
  );
  return modal({
    callbackId: VIEW.info,
    title: t('unclaimed:title'),
    close: t('common:close'),
    metadata: JSON.stringify({ k: 'unclaimed', i: facts.id }),
    blocks: present<KnownBlock>(
      result !== undefined && section(`✅ ${escapeMrkdwn(result)}`),
      section(
        `*${facts.number}* · *${t(`unclaimed:${facts.withdrawnAt ? 'withdrawn' : isOpen ? 'state.open' : 'state.done'}`)}*`,
      ),
      unclaimedFields(facts, reader, methods),
      facts.remark !== null && {
        type: 'section',
        text: plain(t('common:of_field', { label: t('receipts:field.remark'), text: facts.remark })),
      },
      context(state ?? t('unclaimed:card_hint')),
      buttons.length > 0 && actions(buttons),
    ),
  });
}

/** Takes back what was recorded by mistake. */
function withdrawButton(facts: Pick<UnclaimedFacts, 'id' | 'number'>, { t }: RowReader) {
  return button(ACTION.unclaimedWithdraw, t('receipts:withdraw'), {
    style: 'danger',
    value: unclaimedValue(facts.id),
    confirm: confirm(
      t('receipts:withdraw.title', { number: facts.number }),
      t('unclaimed:withdraw.text'),
      t('receipts:withdraw'),
      t('receipts:withdraw.keep'),
      true,
    ),
  });
}

/** [打开] [撤回] after recording. */
export const unclaimedActions = (facts: Pick<UnclaimedFacts, 'id' | 'number'>, reader: RowReader) =>
  actions([
    button(ACTION.unclaimedOpen, reader.t('common:open'), { value: unclaimedValue(facts.id) }),
    withdrawButton(facts, reader),
  ]);

/** One line of the list, with [打开]. */
export function unclaimedRow(facts: UnclaimedFacts, reader: RowReader): KnownBlock {
  const { t, locale, today } = reader;
  const text = t('unclaimed:row', {
    number: facts.number,
    amount: moneyOf(facts, reader),
    date: formatDate(locale, facts.receivedOn, today),
    payer: escapeMrkdwn(truncate(facts.payerName ?? t('unclaimed:payer_unknown'), 60)),
  });
  return section(
    text,
    button(ACTION.unclaimedOpen, t('common:open'), {
      value: unclaimedValue(facts.id),
      label: `${t('common:open')} ${facts.number}`,
    }),
  );
}

/** What waits to be claimed, the oldest first. */
export function unclaimedListModal(list: UnclaimedPage, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const sums = list.totals.map((sum) => formatMoney(locale, sum));
  const may = (action: 'receipt.record' | 'record.export') =>
    reader.actor !== null && can(reader.actor, action);
  const buttons = present(
    may('receipt.record') && button(ACTION.unclaimedNew, t('unclaimed:new')),
    list.rows.length > 0 &&
      may('record.export') &&
      button(listId('unclaimed', 'export'), t('exports:button')),
  );
  return modal({
    callbackId: VIEW.unclaimedList,
    title: t('unclaimed:list'),
    close: t('common:close'),
    metadata: JSON.stringify({ p: list.page }),
    blocks: [
      ...(list.rows.length === 0
        ? [section(t('unclaimed:none'))]
        : [
            context(t('unclaimed:total', { count: list.total, sums: formatNames(locale, sums) })),
            ...list.rows.map((row) => unclaimedRow(row, reader)),
            ...pager(t, list, ACTION.unclaimedPage, (page) => JSON.stringify({ p: page })),
          ]),
      ...(buttons.length > 0 ? [actions(buttons)] : []),
    ],
  });
}
