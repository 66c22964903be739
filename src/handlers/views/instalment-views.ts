// The windows of one instalment: open, edit, postpone (ux §3, §4.3). Pure.
import type { ActionsBlock, KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { ManagerRule } from '../../domain/errors.js';
import { maxDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import type { InstalmentDetail } from '../../domain/plans/instalment-detail.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { adjustmentButtons, waitingAdjustment } from './adjustment-views.js';
import { undatedWords } from './anchor-words.js';
import { auditButton } from './audit-views.js';
import {
  actions,
  alert,
  button,
  confirm,
  context,
  dateInput,
  escapeMrkdwn,
  fields,
  input,
  modal,
  plain,
  present,
  section,
  textInput,
} from './blocks.js';
import { historyText } from './instalment-history-views.js';
import { holdFields } from './instalment-hold-views.js';
import { milestoneValue } from './milestone-views.js';
import { amountInput, methodInput, remarkInput, remindInput, tickInput } from './plan-inputs.js';
import { waitingPostponement } from './postponement-views.js';
import {
  followUpButton,
  instalmentRow,
  mayDo,
  type RowReader,
  recordButton,
  roomOf,
  rowBlockId,
  rowChoice,
  rowValue,
} from './row-views.js';

/** private_metadata of the open window: what to draw anew behind a form on top of it. */
export interface OpenMetadata {
  readonly k: 'instalment';
  readonly i: string;
}

/** The instalment with its fields, history and what the reader may do; `result` tells what was just done. */
export function instalmentModal(
  row: InstalmentDetail,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
  result?: string,
): ModalView {
  const { t } = reader;
  const metadata: OpenMetadata = { k: 'instalment', i: row.id };
  return modal({
    callbackId: VIEW.info,
    title: t('plans:open.title'),
    close: t('common:close'),
    metadata: JSON.stringify(metadata),
    blocks: present<KnownBlock>(
      result !== undefined && section(`✅ ${escapeMrkdwn(result)}`),
      ...instalmentRow(row, reader, { buttons: 'none' }),
      ...detailFields(row, reader, methods),
      row.remark !== null && {
        type: 'section',
        text: plain(t('common:of_field', { label: t('plans:field.remark'), text: row.remark })),
      },
      ...(row.postponement ? waitingPostponement(row.postponement, reader) : []),
      ...(row.adjustment ? waitingAdjustment(row.adjustment, reader) : []),
      openActions(row, reader),
      section(`*${t('plans:history.title')}*\n${historyText(row, reader)}`),
    ),
  });
}

function detailFields(
  row: InstalmentDetail,
  { t, locale, today }: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const day = (date: Parameters<typeof formatDate>[1]) => formatDate(locale, date, today);
  const moved = row.originalDueOn !== null && row.originalDueOn !== row.dueOn;
  return [
    fields(
      present<readonly [string, string]>(
        [t('plans:field.amount'), money(row.amount)],
        [t('plans:field.open'), money(row.outstanding)],
        [t('plans:field.due'), row.dueOn ? day(row.dueOn) : undatedWords(t, row)],
        row.postponedTo && [t('plans:field.postponed'), day(row.postponedTo)],
        row.adjusted > 0n && [t('adjustments:field'), money(row.adjusted)],
        row.credit > 0n && roomOf(row) > 0n && [t('customers:unapplied'), money(row.credit)],
        moved && row.originalDueOn && [t('plans:field.original'), day(row.originalDueOn)],
        row.plannedMethod !== null && [
          t('plans:field.method'),
          dictionaryName(methods, row.plannedMethod, locale),
        ],
        [t('plans:field.remind'), t('plans:field.remind_days', { count: row.remindDaysAhead })],
        [t('plans:field.owner'), truncate(row.ownerName, 60)],
      ),
    ),
    ...holdFields(row, { t, locale, today }),
    fields([
      [t('plans:field.customer'), `${row.customerName} · ${row.customerCode}`],
      [t('plans:field.contract'), `${row.contractNumber} · ${row.contractName}`],
    ]),
  ];
}

/** Contracts that take instalments. */
const PLANNABLE: readonly string[] = ['draft', 'rejected', 'active'];

/** States in which reminders may come. */
const REMINDED: readonly string[] = ['open', 'postponed', 'overdue'];

/** What the reader may do now; on a row that is done only the trail is left. */
function openActions(row: InstalmentDetail, reader: RowReader): ActionsBlock | null {
  const { t, actor } = reader;
  const value = rowValue(row.id);
  const hold = mayDo(row, actor, 'follow_up.record') && holdMenu(row, reader);
  const isMenu = hold && hold.type === 'overflow';
  const elements = present<ActionsBlock['elements'][number]>(
    ...recordButton(row, reader).map((element) => ({ ...element, style: 'primary' as const })),
    ...followUpButton(row, reader),
    !isMenu && hold,
    mayApply(row, actor) &&
      button(ACTION.prepaymentApply, t('prepayments:button'), { value: rowValue(row.id) }),
    mayDo(row, actor, 'instalment.postpone') &&
      button(ACTION.instalmentPostpone, t('plans:postpone'), { value }),
    mayDo(row, actor, 'instalment.edit') && button(ACTION.instalmentEdit, t('common:edit'), { value }),
    mayDo(row, actor, 'instalment.edit') &&
      row.outstanding > 1n &&
      row.proposed === 0n &&
      row.pendingTo === null &&
      button(ACTION.instalmentSplit, t('splits:button'), { value }),
    // What the contract has beyond its plan needs no amendment to be planned (rules §3).
    row.unplanned > 0n &&
      PLANNABLE.includes(row.contractStatus) &&
      (actor === null || can(actor, 'plan.create', row.ownerId)) &&
      button(ACTION.planNew, t('plans:open.add'), { value: JSON.stringify({ c: row.contractId }) }),
    row.anchorKind !== null &&
      mayDo(row, actor, 'milestone.set') &&
      button(ACTION.milestoneOpen, t('milestones:button'), {
        value: milestoneValue(row.contractId, row.anchorKind === 'signing' ? null : row.anchorKind),
      }),
    ...adjustmentButtons(row, reader),
    actor !== null && auditButton({ kind: 'instalment', id: row.id }, reader),
    mayDo(row, actor, 'instalment.assign') && button(ACTION.instalmentAssign, t('reassign:title'), { value }),
    REMINDED.includes(row.state) && button(ACTION.coming, t('ladders:coming'), { value }),
    mayDelete(row, actor) && deleteButton(row, reader),
    // ⋯ stands last, as in every row.
    isMenu && hold,
  );
  return elements.length > 0 ? actions(elements, rowBlockId(row.id)) : null;
}

/** ⋯[承诺付款, 争议, 稍后提醒]; of a paused row [恢复催收]. */
function holdMenu(row: InstalmentDetail, { t }: RowReader): ActionsBlock['elements'][number] {
  if (row.disputed || row.blockUntil !== null)
    return button(ACTION.followUpResume, t('follow_ups:resume'), {
      value: rowValue(row.id),
      confirm: confirm(
        t('follow_ups:resume.title'),
        t('follow_ups:resume.text'),
        t('follow_ups:resume.yes'),
        t('common:cancel'),
      ),
    });
  const options = [
    ...(['promise', 'dispute'] as const).map((what) => rowChoice(what, t(`follow_ups:${what}`))),
    rowChoice('snooze', t('snoozes:title')),
  ];
  return { type: 'overflow', action_id: ACTION.instalmentMore, options };
}

/** The customer has money in credit, and the reader is of finance and does not gain. */
const mayApply = (row: InstalmentDetail, actor: RowReader['actor']): boolean =>
  row.credit > 0n &&
  roomOf(row) > 0n &&
  actor !== null &&
  can(actor, 'receipt.apply') &&
  actor.id !== row.ownerId;

/** Without money; where it is due or postponed, only by who may delete any. */
function mayDelete(row: InstalmentDetail, actor: RowReader['actor']): boolean {
  if (!mayDo(row, actor, 'instalment.delete') || row.outstanding !== row.amount || row.waiting) return false;
  const isPlain = row.state !== 'overdue' && row.state !== 'postponed';
  return isPlain || actor === null || can(actor, 'instalment.delete_any', row.ownerId);
}

function deleteButton(row: InstalmentDetail, { t, locale, today }: RowReader) {
  const amount = formatMoney(locale, { minor: row.amount, currency: row.currency });
  // Of a plan in force: until when it may be planned anew.
  const latest = row.state === 'inactive' ? null : row.effectiveDue;
  const text =
    latest === null
      ? t('plans:delete.text', { amount })
      : t('plans:delete.text_dated', { amount, date: formatDate(locale, latest, today) });
  return button(ACTION.instalmentDelete, t('common:delete'), {
    style: 'danger',
    value: JSON.stringify({ i: row.id, v: row.version }),
    confirm: confirm(
      t('plans:delete.title', { n: row.seq }),
      text,
      t('common:delete'),
      t('common:keep'),
      true,
    ),
  });
}

/** What the forms on one instalment carry: who opened them, which version they show. */
export interface InstalmentFormState {
  readonly requestId: string;
  readonly row: InstalmentDetail;
  /** Opened on top of the instalment's own window, which is drawn anew afterwards. */
  readonly onTop: boolean;
  /** A past date was given: whether it is meant is asked. */
  readonly askAlreadyDue?: boolean;
}

const formMetadataOf = ({ requestId, row, onTop, askAlreadyDue }: InstalmentFormState): string =>
  JSON.stringify({ r: requestId, v: row.version, i: row.id, o: onTop, d: askAlreadyDue === true });

/** 编辑: the fields of One; on an active contract the amount stays (rules §3). */
export function editModal(
  state: InstalmentFormState,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ModalView {
  const { t } = reader;
  const { row } = state;
  const frozen = row.state !== 'inactive';
  return modal({
    callbackId: VIEW.instalmentEdit,
    title: t('plans:edit.title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: formMetadataOf(state),
    blocks: present<KnownBlock>(
      ...instalmentRow(row, reader, { buttons: 'none' }),
      frozen && context(t('plans:edit.frozen')),
      input('name', t('plans:name'), textInput({ initial: row.name, maxLength: 60 })),
      !frozen && amountInput(toDecimalString(row.amount, row.currency), reader, 'amount'),
      methodInput(methods, row.plannedMethod, reader, 'plannedMethod'),
      input('dueOn', t('plans:due'), dateInput(row.dueOn), { optional: row.dueOn === null }),
      state.askAlreadyDue && tickInput('alreadyDue', t('plans:already_due_label'), t('plans:already_due')),
      remindInput(row.remindDaysAhead, reader, 'remind'),
      remarkInput(row.remark, reader, 'remark'),
    ),
  });
}

/** `asks`: which rule sends the chosen day to the manager. */
export interface PostponeState extends InstalmentFormState {
  readonly asks: ManagerRule | null;
}

/** 延期: to which day, and why; whether the day needs the manager is said on top, and the button says so. */
export function postponeModal(state: PostponeState, reader: RowReader): ModalView {
  const { t, locale, today } = reader;
  const { row, asks } = state;
  const after = row.effectiveDue === null ? today : maxDate(today, row.effectiveDue);
  return modal({
    callbackId: VIEW.instalmentPostpone,
    title: t('plans:postpone.title'),
    submit: t(asks ? 'common:send_for_approval' : 'plans:postpone'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ ...JSON.parse(formMetadataOf(state)), a: asks !== null }),
    blocks: [
      ...(asks ? [alert(asksWords(asks, row, reader))] : []),
      ...instalmentRow(row, reader, { buttons: 'none' }),
      input('to', t('plans:postpone.to'), dateInput(null, ACTION.postponeTo), {
        hint: t('plans:postpone.to_hint', { date: formatDate(locale, after, today) }),
        dispatch: true,
      }),
      remarkInput(null, reader, 'remark'),
    ],
  });
}

function asksWords(
  { kind, latest }: ManagerRule,
  row: InstalmentDetail,
  { t, locale, today }: RowReader,
): string {
  const who = truncate(row.managerName ?? t('errors:manager.unknown'), 40);
  if (kind === 'retention' || kind === 'count') return t(`postponements:ask.${kind}`, { who });
  return latest === null
    ? t('postponements:ask.days_none', { who })
    : t('postponements:ask.days', { who, latest: formatDate(locale, latest, today) });
}
