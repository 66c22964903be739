// A postponement that a manager decides about: the card, what who asked is told (ux §4.3). Pure.
import type { KnownBlock } from '@slack/types';
import { isUndecided } from '../../domain/approvals/approval.js';
import type { PostponementFacts } from '../../domain/plans/postponement.queries.js';
import { formatDate, formatInstant, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import {
  approvalValue,
  type ButtonWords,
  cardActions,
  historyLines,
  openLine,
  stepTitle,
  windowButtons,
} from './approval-views.js';
import { actions, button, context, escapeMrkdwn, fields, header, present, section } from './blocks.js';
import { decider, deciderNames } from './decider-words.js';
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
    who: deciderNames(facts.approval, reader.locale),
  });
  const open = button(ACTION.instalmentOpen, t('common:open'), { value: rowValue(facts.row.id) });
  return {
    text,
    blocks: present<KnownBlock>(
      header(
        stepTitle(
          facts.approval,
          t(`postponements:header.${status}`, { number: facts.row.contractNumber }),
          t,
        ),
      ),
      ...instalmentRow(facts.row, reader, { buttons: 'none' }),
      ...factBlocks(facts, reader),
      context(stateLine(facts, reader)),
      status === 'open' ? cardActions(facts.approval, postponeWords(facts, reader), reader) : actions([open]),
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

/** Who is waited for, or who decided, when and why; escaped. */
function stateLine({ approval }: PostponementFacts, reader: RowReader): string {
  const { t, locale, now, timezone } = reader;
  if (approval.status === 'withdrawn') return t('postponements:state.withdrawn');
  if (approval.status === 'open') return t('postponements:state.open', { line: openLine(approval, reader) });
  const facts = {
    who: decider(approval, reader),
    at: approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—',
    reason: escapeMrkdwn(truncate(approval.comment ?? '', 300)),
  };
  const before = historyLines(approval, reader)
    .map((line) => `${line} · `)
    .join('');
  return before + t(`postponements:state.${approval.status}`, facts);
}

/** What its buttons say. */
const postponeWords = (facts: PostponementFacts, reader: RowReader): ButtonWords => ({
  label: rowText(facts, reader),
  title: reader.t('postponements:approve.title'),
  text: reader.t('postponements:approve.text', datesOf(facts, reader)),
});

/** In the row's window: what waits, and what the reader may do about it. */
export function waitingPostponement(facts: PostponementFacts, reader: RowReader): KnownBlock[] {
  const { t, actor } = reader;
  const scope = { action: 'instalment.postpone_further', ownerId: facts.row.ownerId } as const;
  const buttons = [
    ...windowButtons(facts.approval, postponeWords(facts, reader), reader, scope),
    ...(actor?.id === facts.askedBy.id && isUndecided(facts.approval)
      ? [
          button(ACTION.approvalWithdraw, t('contracts:action.withdraw'), {
            value: approvalValue(facts.approval),
          }),
        ]
      : []),
  ];
  const line = t('postponements:waiting', datesOf(facts, reader));
  return present<KnownBlock>(
    section(`⚠️ ${line}\n${stateLine(facts, reader)}`),
    buttons.length > 0 && actions(buttons),
  );
}

/** What forms about it begin with. */
export const postponementHeading = (facts: PostponementFacts, reader: RowReader): KnownBlock[] => [
  ...instalmentRow(facts.row, reader, { buttons: 'none' }),
  ...factBlocks(facts, reader),
];

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
    who: deciderNames(approval, reader.locale),
    ...datesOf(facts, reader),
    reason: truncate(approval.comment ?? '', 300),
  });
  return { text, blocks: [section(escapeMrkdwn(text)), ...instalmentRow(facts.row, reader)] };
}
