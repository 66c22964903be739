// Merging two customers and handing over a book, as forms that show what would happen before it does. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { MergedField } from '../../domain/customers/customer-merge.js';
import type { MergePreview } from '../../domain/customers/customer-merge.service.js';
import type { HandOverPreview } from '../../domain/customers/hand-over.service.js';
import type { CustomerChoice } from '../../domain/plans/plan-choices.queries.js';
import { formatMoney, formatNames, shortCustomer, shortName, truncate } from '../i18n/format.js';
import type { WordKey } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { alert, context, escapeMrkdwn, externalSelect, input, modal, present, section } from './blocks.js';
import { customerOption } from './plan-inputs.js';
import type { RowReader } from './row-views.js';

const LOST_SHOWN = 10;

const FIELD: Record<MergedField, WordKey> = {
  shortName: 'customers:short_name',
  type: 'customers:type',
  industry: 'customers:industry',
  address: 'customers:address',
  taxTitle: 'customers:tax_title',
  taxNo: 'customers:tax_no',
  bank: 'customers:bank',
  bankAccount: 'customers:bank_account',
  remark: 'customers:remark',
};

export interface MergeFormData {
  readonly keep: CustomerChoice | null;
  readonly gone: CustomerChoice | null;
  /** Once both are chosen and may be merged. */
  readonly preview: MergePreview | null;
  readonly notice: string | null;
  readonly metadata: string;
}

/** Which stays, which goes into it; what moves and what differs. */
export function customerMergeModal(data: MergeFormData, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const pick = (field: 'keep' | 'gone', chosen: CustomerChoice | null, hint?: string) =>
    input(
      field,
      t(`customers:merge.${field}`),
      externalSelect(`${ACTION.customerMergePick}.${field}`, {
        initial: chosen ? customerOption(chosen, { locale }) : undefined,
      }),
      { dispatch: true, ...(hint !== undefined && { hint }) },
    );
  return modal({
    callbackId: VIEW.customerMerge,
    title: t('customers:merge.title'),
    submit: t('customers:merge.submit'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: present<KnownBlock>(
      data.notice !== null && alert(data.notice),
      pick('keep', data.keep),
      pick('gone', data.gone, t('customers:merge.gone_hint')),
      ...(data.preview ? mergePreview(data.preview, reader) : [context(t('customers:merge.pick'))]),
    ),
  });
}

function mergePreview(
  { keep, gone, merged, endsLadder, limit, ...counts }: MergePreview,
  { t, locale }: RowReader,
): KnownBlock[] {
  const name = (one: { code: string; name: string }) =>
    escapeMrkdwn(`${one.code} ${shortCustomer(locale, one.name)}`);
  const value = (text: string) => escapeMrkdwn(truncate(text, 60));
  const { contracts, instalments, receipts, files, events, contacts } = counts;
  const lines = [
    ...merged.conflicts.map((one) =>
      t('customers:merge.conflict', {
        field: t(FIELD[one.field]),
        keep: value(one.keep),
        gone: value(one.gone),
      }),
    ),
    ...merged.taken.map((one) =>
      t('customers:merge.taken', { field: t(FIELD[one.field]), gone: value(one.gone) }),
    ),
    ...(limit ? [t('customers:merge.limit', { limit: formatMoney(locale, limit) })] : []),
    ...(endsLadder ? [t('customers:merge.ladder', { keep: name(keep), gone: name(gone) })] : []),
  ];
  const { lost } = merged;
  const words = {
    keep: name(keep),
    gone: name(gone),
    contracts,
    instalments,
    receipts,
    files,
    events,
    contacts,
  };
  return present<KnownBlock>(
    section(t('customers:merge.preview', words)),
    lines.length > 0 && section(lines.join('\n')),
    keep.status !== merged.change.status && context(t('customers:merge.frozen')),
    lost.length > 0 &&
      context(
        t('customers:merge.lost', {
          count: lost.length,
          names: value(formatNames(locale, lost.slice(0, LOST_SHOWN))),
        }),
      ),
  );
}

export interface HandOverFormData {
  /** Whose book, where that is not chosen. */
  readonly of: string | null;
  readonly fromSlackId: string | null;
  readonly toSlackId: string | null;
  readonly preview: HandOverPreview | null;
  readonly notice: string | null;
  readonly metadata: string;
}

/** From whom to whom, and what that is. */
export function handOverModal(data: HandOverFormData, reader: RowReader): ModalView {
  const { t } = reader;
  const pick = (field: 'from' | 'to', chosen: string | null) =>
    input(
      field,
      t(`customers:handover.${field}`),
      {
        type: 'users_select',
        action_id: `${ACTION.customerHandOverPick}.${field}`,
        ...(chosen !== null && { initial_user: chosen }),
      },
      { dispatch: true },
    );
  return modal({
    callbackId: VIEW.customerHandOver,
    title: t('customers:handover.title'),
    submit: t('customers:handover.submit'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: present<KnownBlock>(
      data.notice !== null && alert(data.notice),
      data.of === null
        ? pick('from', data.fromSlackId)
        : section(t('customers:handover.of', { from: escapeMrkdwn(truncate(data.of, 60)) })),
      pick('to', data.toSlackId),
      ...(data.preview
        ? handOverPreview(data.preview, reader)
        : [context(t(data.of === null ? 'customers:handover.pick' : 'customers:handover.pick_to'))]),
    ),
  });
}

function handOverPreview(preview: HandOverPreview, { t, locale }: RowReader): KnownBlock[] {
  const { customers, contracts, instalments, open } = preview;
  const from = escapeMrkdwn(shortName(locale, preview.from.name));
  const to = escapeMrkdwn(shortName(locale, preview.to.name));
  if (customers + contracts + instalments === 0) return [section(t('customers:handover.nothing', { from }))];
  const money = formatNames(
    locale,
    open.map((amount) => formatMoney(locale, amount)),
  );
  return present<KnownBlock>(
    section(t('customers:handover.preview', { from, to, customers, contracts, instalments })),
    open.length > 0 && section(t('customers:handover.open', { money })),
    context(t('customers:handover.note')),
  );
}
