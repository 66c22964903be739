// A postponement that a manager decides about: the card, the reason of a rejection, what who asked is told (ux §4.3). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { PostponementFacts } from '../../domain/plans/postponement.queries.js';
import { formatDate, formatInstant, formatNames, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  fields,
  header,
  input,
  modal,
  present,
  section,
  textInput,
} from './blocks.js';
import type { Message } from './info-view.js';
import { instalmentRow, type RowReader, rowValue } from './row-views.js';

const REMARK = 80;

const rowText = ({ row }: PostponementFacts, { t, locale }: RowReader): string =>
  t('plans:row_text', {
    customer: shortCustomer(locale, row.customerName),
    contract: row.contractNumber,
    n: row.seq,
  });

const datesOf = ({ from, to }: PostponementFacts, { locale, today }: RowReader) => ({
  from: formatDate(locale, from, today),
  to: formatDate(locale, to, today),
});

/** Value of [通过], [驳回] and [撤回]; parsed by approvalValue of handlers/postponements.ts. */
const approvalValue = ({ approval }: PostponementFacts): string =>
  JSON.stringify({ a: approval.id, v: approval.version });

/** The approver's card; once decided without buttons, with who and when. */
export function postponementCard(
  facts: PostponementFacts,
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const { t } = reader;
  const { status } = facts.approval;
  const row = rowText(facts, reader);
  const text = t(`postponements:text.${status}`, {
    row,
    ...datesOf(facts, reader),
    asker: facts.askedBy.name,
    who: facts.approval.decidedBy ?? '—',
  });
  const open = button(ACTION.instalmentOpen, t('common:open'), { value: rowValue(facts.row.id) });
  return {
    text,
    blocks: present<KnownBlock>(
      header(t(`postponements:header.${status}`, { number: facts.row.contractNumber })),
      ...instalmentRow(facts.row, reader, { buttons: 'none' }),
      ...factBlocks(facts, reader),
      context(escapeMrkdwn(stateLine(facts, reader))),
      actions(status === 'open' ? [...decisionButtons(facts, reader), open] : [open]),
    ),
  };
}

function factBlocks(facts: PostponementFacts, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const dates = datesOf(facts, reader);
  return [
    fields(
      present<readonly [string, string]>(
        [t('postponements:from'), dates.from],
        [t('postponements:to'), dates.to],
        [t('postponements:asker'), truncate(facts.askedBy.name, 60)],
        facts.remark !== null && [t('plans:field.remark'), truncate(facts.remark, REMARK)],
      ),
    ),
  ];
}

/** Who is waited for, or who decided, when and why. */
function stateLine({ approval }: PostponementFacts, { t, locale, now, timezone }: RowReader): string {
  if (approval.status === 'withdrawn') return t('postponements:state.withdrawn');
  if (approval.status === 'open') {
    const names = approval.approvers.map((one) => one.name);
    return names.length > 0
      ? t('postponements:state.open', { names: formatNames(locale, names) })
      : t('postponements:state.nobody');
  }
  const facts = {
    who: truncate(approval.decidedBy ?? '—', 40),
    at: approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—',
    reason: truncate(approval.reason ?? '', 300),
  };
  return t(`postponements:state.${approval.status}`, facts);
}

function decisionButtons(facts: PostponementFacts, reader: RowReader) {
  const { t } = reader;
  const value = approvalValue(facts);
  const row = rowText(facts, reader);
  const ask = confirm(
    t('postponements:approve.title'),
    t('postponements:approve.text', datesOf(facts, reader)),
    t('contracts:action.approve'),
    t('contracts:approve.confirm_keep'),
  );
  return [
    button(ACTION.postponementApprove, t('contracts:action.approve'), {
      value,
      style: 'primary',
      confirm: ask,
      label: `${t('contracts:action.approve')} ${row}`,
    }),
    button(ACTION.postponementReject, t('contracts:action.reject'), {
      value,
      label: `${t('contracts:action.reject')} ${row}`,
    }),
  ];
}

/** In the row's window: what waits, and what the reader may do about it. */
export function waitingPostponement(facts: PostponementFacts, reader: RowReader): KnownBlock[] {
  const { t, actor } = reader;
  const isAsker = actor?.id === facts.askedBy.id;
  const mayDecide =
    actor !== null &&
    !isAsker &&
    actor.id !== facts.row.ownerId &&
    can(actor, 'instalment.postpone_further', facts.row.ownerId);
  const buttons = [
    ...(mayDecide ? decisionButtons(facts, reader) : []),
    ...(isAsker
      ? [button(ACTION.postponementWithdraw, t('contracts:action.withdraw'), { value: approvalValue(facts) })]
      : []),
  ];
  const line = t('postponements:waiting', datesOf(facts, reader));
  return present<KnownBlock>(
    section(`⚠️ ${line}\n${escapeMrkdwn(stateLine(facts, reader))}`),
    buttons.length > 0 && actions(buttons),
  );
}

/** Why it is rejected. */
export function postponementRejectModal(
  facts: PostponementFacts,
  reader: RowReader,
  metadata: string,
): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.postponementReject,
    title: t('postponements:reject.title'),
    submit: t('contracts:action.reject'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...instalmentRow(facts.row, reader, { buttons: 'none' }),
      ...factBlocks(facts, reader),
      input('reason', t('contracts:reject.reason'), textInput({ multiline: true, maxLength: 300 })),
    ],
  });
}

/** To whoever asked: approved, rejected and why, or over because the row changed. */
export function postponementDecided(
  facts: PostponementFacts,
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const { t } = reader;
  const { approval } = facts;
  const key = approval.status === 'open' ? 'withdrawn' : approval.status;
  const text = t(`postponements:decided.${key}`, {
    row: rowText(facts, reader),
    who: truncate(approval.decidedBy ?? '—', 40),
    ...datesOf(facts, reader),
    reason: truncate(approval.reason ?? '', 300),
  });
  return { text, blocks: [section(escapeMrkdwn(text)), ...instalmentRow(facts.row, reader)] };
}

/** To the admins, loudly: nobody can decide (rules §6). */
export function postponementOrphan(
  facts: PostponementFacts,
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const { t } = reader;
  const text = t('postponements:orphan', { row: rowText(facts, reader), owner: facts.row.ownerName });
  const roles = button(ACTION.settings, t('contracts:orphan.button'), { style: 'primary' });
  return { text, blocks: [section(escapeMrkdwn(text)), actions([roles])] };
}
