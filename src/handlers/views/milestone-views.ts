// 登记节点: the form with what it would move, and what the owner is told (ux §4.4). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { MILESTONE_KINDS, type MilestoneKind } from '../../domain/contracts/contract.js';
import type { MilestoneForm } from '../../domain/contracts/milestone.queries.js';
import { fingerprintOf, type MilestoneMove } from '../../domain/contracts/milestone-moves.js';
import type { LocalDate } from '../../domain/local-date.js';
import { formatDate, formatNames, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { comingLine } from './coming-views.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

const SHOWN_MOVES = 20;
/** Slack shows at most 10 checkboxes a block. */
const BOXES = 10;

export const HOWS = ['happened', 'estimate'] as const;
export type How = (typeof HOWS)[number];

/** What is chosen in the form, and where it was opened. */
export interface MilestoneFormState {
  readonly requestId: string;
  readonly kind: MilestoneKind;
  readonly how: How;
  /** Undefined while no day was chosen; null: an estimate taken back. */
  readonly date: LocalDate | null | undefined;
  /** private_metadata of the contract card below, or the instalment whose window is below. */
  readonly below: { card: string } | { instalment: string } | null;
}

/** Fields that depend on the milestone carry its kind, so that Slack does not keep what was typed for another. */
export function milestoneForm(form: MilestoneForm, state: MilestoneFormState, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const { kind, how } = state;
  const free = form.moves.filter((move) => !move.asks);
  const asked = form.moves.filter((move) => move.asks);
  const later = how === 'estimate' ? free.filter((move) => move.isLater).length : 0;
  const hows = HOWS.map((one) => option(t(`milestones:how.${one}`), one));
  const kinds = MILESTONE_KINDS.map((one) => option(t(`contracts:milestone_name.${one}`), one));
  return modal({
    callbackId: VIEW.milestoneSet,
    title: t('milestones:title'),
    submit: t('milestones:submit'),
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: state.requestId,
      v: form.version,
      c: form.contractId,
      k: kind,
      s: fingerprintOf(form.moves),
      b: state.below,
    }),
    blocks: present<KnownBlock>(
      section(
        t('milestones:heading', {
          customer: escapeMrkdwn(shortCustomer(locale, form.customerName)),
          contract: form.number,
        }),
      ),
      input('kind', t('milestones:kind'), selectInput(kinds, kind, { actionId: ACTION.milestoneChange }), {
        dispatch: true,
      }),
      context(nowWords(form, reader)),
      ...comingBlocks(form, how, reader),
      input(
        `how|${kind}`,
        t('milestones:how'),
        {
          type: 'radio_buttons',
          action_id: ACTION.milestoneChange,
          options: hows,
          initial_option: option(t(`milestones:how.${how}`), how),
        },
        { dispatch: true },
      ),
      input(`date|${kind}`, t('milestones:date'), dateInput(state.date, ACTION.milestoneChange), {
        dispatch: true,
        optional: how === 'estimate',
        ...(how === 'estimate' && { hint: t('milestones:date_optional') }),
      }),
      input(
        `evidence|${kind}`,
        t('milestones:evidence'),
        textInput({ initial: form.evidence, maxLength: 500 }),
        {
          optional: true,
          hint: t('milestones:evidence_hint'),
        },
      ),
      input(
        `files|${kind}`,
        t('milestones:files'),
        { type: 'file_input', action_id: 'value', max_files: 10 },
        { optional: true },
      ),
      state.date !== undefined && section(moveWords(free, asked.length, reader)),
      // Goods may leave before the contract is signed; more often it is the wrong year.
      form.signedOn !== null &&
        state.date &&
        state.date < form.signedOn &&
        context(t('milestones:before_signed', { date: formatDate(locale, form.signedOn, reader.today) })),
      later > 0 && form.status === 'active' && context(t('milestones:counts', { count: later })),
      ...boxes(asked, reader),
    ),
  });
}

/** When it will be reminded of until it has happened: of the day chosen, or of the present one. */
function comingBlocks({ coming }: MilestoneForm, how: How, reader: RowReader): KnownBlock[] {
  if (how === 'happened' || coming.length === 0) return [];
  const lines = coming.map((item) => truncate(comingLine(item, reader), 300));
  return [context([reader.t('ladders:coming'), ...lines].join('\n'))];
}

function nowWords(form: MilestoneForm, { t, locale, today }: RowReader): string {
  if (form.actualOn) return t('milestones:now_happened', { date: formatDate(locale, form.actualOn, today) });
  if (form.expectedOn)
    return t('milestones:now_expected', { date: formatDate(locale, form.expectedOn, today) });
  return t('milestones:now_unknown');
}

type Line = { seq: number; from: LocalDate | null; to: LocalDate | null };

function line({ seq, from, to }: Line, { t, locale, today }: RowReader): string {
  const day = (date: LocalDate | null) =>
    date === null ? t('common:state.undated') : formatDate(locale, date, today);
  return t('milestones:move', { nth: t('contracts:plan.nth', { n: seq }), from: day(from), to: day(to) });
}

const lineOf = ({ row, from, to }: MilestoneMove): Line => ({ seq: row.seq, from, to });

function moveWords(moves: readonly MilestoneMove[], asked: number, reader: RowReader): string {
  const { t } = reader;
  if (moves.length === 0) return asked > 0 ? t('milestones:also') : t('milestones:moves_none');
  const rest = moves.length - SHOWN_MOVES;
  return [
    t('milestones:moves', { count: moves.length }),
    ...moves.slice(0, SHOWN_MOVES).map((move) => line(lineOf(move), reader)),
    ...(rest > 0 ? [t('milestones:moves_more', { count: rest })] : []),
  ].join('\n');
}

/** A block id that changes with the moves: what was ticked for other dates must not count. */
function boxes(moves: readonly MilestoneMove[], reader: RowReader): KnownBlock[] {
  const parts = Array.from({ length: Math.ceil(moves.length / BOXES) }, (_, index) =>
    moves.slice(index * BOXES, (index + 1) * BOXES),
  );
  return parts.map((part, index) =>
    input(
      `also${index}|${part[0]?.row.seq}:${part[0]?.to ?? ''}`,
      reader.t('milestones:also'),
      {
        type: 'checkboxes',
        action_id: 'value',
        options: part.map((move) => option(line(lineOf(move), reader), move.row.id)),
      },
      { optional: true },
    ),
  );
}

/** What was set and moved, as a sentence. */
export function milestoneDone(
  t: RowReader['t'],
  facts: { kind: MilestoneKind; how: How; date: string | null; moved: number },
): string {
  const kind = t(`contracts:milestone_name.${facts.kind}`);
  const done =
    facts.date === null
      ? t('milestones:done_cleared', { kind })
      : t(facts.how === 'happened' ? 'milestones:done_happened' : 'milestones:done_estimate', {
          kind,
          date: facts.date,
        });
  return facts.moved === 0 ? done : t('milestones:done_moved', { done, count: facts.moved });
}

export interface MilestoneTold {
  readonly contractId: string;
  readonly number: string;
  readonly kind: MilestoneKind;
  readonly who: string;
  readonly happened: boolean;
  readonly date: LocalDate | null;
  readonly moved: readonly Line[];
  readonly kept: readonly Line[];
}

/** Value of [节点]: which contract, and what the form starts with. */
export const milestoneValue = (
  contractId: string,
  kind: MilestoneKind | null,
  more: { how?: How; date?: string } = {},
) =>
  JSON.stringify({
    c: contractId,
    ...(kind && { k: kind }),
    ...(more.how && { h: more.how }),
    ...(more.date && { d: more.date }),
  });

/** The owner's message: what somebody else set, what moved, and the question about what did not. */
export function milestoneTold(told: MilestoneTold, reader: RowReader): Message & { blocks: KnownBlock[] } {
  const { t, locale, today } = reader;
  const event = told.date === null ? 'cleared' : told.happened ? 'happened' : 'estimate';
  const lines = (moves: readonly Line[]) =>
    formatNames(
      locale,
      moves.slice(0, SHOWN_MOVES).map((move) => line(move, reader)),
    );
  const text = [
    t(`milestones:told.${event}`, {
      who: truncate(told.who, 40),
      contract: told.number,
      kind: t(`contracts:milestone_name.${told.kind}`),
      date: told.date === null ? '' : formatDate(locale, told.date, today),
    }),
    told.moved.length > 0 &&
      t('milestones:told.moved', { count: told.moved.length, moves: lines(told.moved) }),
    told.kept.length > 0 && t('milestones:told.kept', { count: told.kept.length, moves: lines(told.kept) }),
  ]
    .filter(Boolean)
    .join('\n');
  const value = milestoneValue(told.contractId, told.kind, {
    how: told.happened ? 'happened' : 'estimate',
    ...(told.date && { date: told.date }),
  });
  return {
    text,
    blocks: [
      section(escapeMrkdwn(text)),
      actions([
        button(ACTION.contractOpen, t('common:open'), { value: JSON.stringify({ c: told.contractId }) }),
        ...(told.kept.length > 0 ? [button(ACTION.milestoneOpen, t('milestones:again'), { value })] : []),
      ]),
    ],
  };
}
