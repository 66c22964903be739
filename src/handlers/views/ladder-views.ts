// The ladder's window and the form of a step (rules §8; ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { isWeekly, type LadderRule, TONES } from '../../domain/reminders/ladder.js';
import type { LadderTrial } from '../../domain/reminders/ladder-trial.queries.js';
import type { LadderSubject, LadderWindow } from '../../domain/reminders/ladder-window.queries.js';
import { isRowKind, kindsOf, MAX_LEVEL, rolesFor, type ScopeRef } from '../../domain/reminders/ladders.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  button,
  confirm,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { trialBlocks } from './ladder-trial-views.js';
import type { RowReader } from './row-views.js';
import { COUNTED_FROM, roleWords, stepDay, stepWords, toneWords } from './step-words.js';

/** A window's ladder as its buttons carry it, with the company's version for those that change it at once. */
export interface LadderState {
  readonly s: ScopeRef['scope'];
  readonly i: string | null;
  readonly k: LadderWindow['kind'];
  readonly v: number;
}

/** The steps in order, each with [编辑] where they are its own; what else has a ladder of its own, for the company's. */
export function ladderModal(
  data: LadderWindow,
  state: LadderState,
  reader: RowReader,
  { result, trial }: { result: string | null; trial: LadderTrial | null },
): ModalView {
  const { t } = reader;
  const ref = { s: state.s, i: state.i, k: state.k };
  const isOwn = data.from === data.scope;
  const kinds = kindsOf(data.scope).map((kind) => option(t(`ladders:kind.${kind}`), kind));
  const chosen = kinds[kindsOf(data.scope).indexOf(data.kind)];
  const target =
    data.subject === null
      ? t('ladders:for.company')
      : t('ladders:for.own', {
          scope: t(`ladders:scope.${data.scope}`),
          name: escapeMrkdwn(subjectName(t, data.subject)),
        });
  const steps = data.rules.map((rule) =>
    section(
      stepWords(t, rule, reader),
      isOwn
        ? button(ACTION.ladderStep, t('settings:edit'), {
            value: JSON.stringify({ ...ref, c: rule.code }),
            label: `${t('settings:edit')} ${stepDay(t, rule)}`,
          })
        : undefined,
    ),
  );
  return modal({
    callbackId: VIEW.ladder,
    title: t('ladders:title'),
    close: t('common:close'),
    metadata: JSON.stringify(ref),
    blocks: present<KnownBlock>(
      result === null ? null : context(escapeMrkdwn(result)),
      section(target),
      actions([
        {
          type: 'static_select',
          action_id: ACTION.ladderKind,
          options: kinds,
          ...(chosen && { initial_option: chosen }),
        },
      ]),
      isOwn ? null : context(t('ladders:inherits', { scope: t(`ladders:scope.${data.from}`) })),
      ...steps,
      context(t(isRowKind(data.kind) ? 'ladders:rules' : 'ladders:rules_milestone')),
      actions(ladderButtons(t, isOwn, state)),
      ...(isRowKind(data.kind) ? trialBlocks(trial, state, reader) : []),
      ...(data.scope === 'company' ? otherLadders(data, t) : []),
    ),
  });
}

function ladderButtons(t: Translate, isOwn: boolean, { v, ...ref }: LadderState) {
  const value = JSON.stringify({ ...ref, v });
  if (!isOwn) return [button(ACTION.ladderStart, t('ladders:start'), { value, style: 'primary' })];
  const own = ref.s !== 'company';
  return [
    button(ACTION.ladderStep, t('ladders:add'), { value: JSON.stringify({ ...ref, c: null }) }),
    button(ACTION.ladderReset, t(own ? 'ladders:end' : 'ladders:restore'), {
      value,
      style: 'danger',
      confirm: confirm(
        t(own ? 'ladders:end' : 'ladders:restore'),
        t(own ? 'ladders:end_text' : 'ladders:restore_text'),
        t(own ? 'ladders:end' : 'ladders:restore'),
        t('common:cancel'),
        true,
      ),
    }),
  ];
}

/** 3331 标准条款; of an instalment HT-2026-0013 第2期 发货款. */
function subjectName(t: Translate, { name, place }: LadderSubject): string {
  const own = truncate(name, 60);
  if (place === undefined) return own;
  const where = t('plans:place', place);
  return [`第${place.n}期`, `#${place.n}`].includes(name) ? where : `${where} ${own}`;
}

/** Whose ladder takes the company's place, and the way to give somebody one. */
function otherLadders(data: LadderWindow, t: Translate): KnownBlock[] {
  const templates = data.templates.slice(0, 100).map(({ id, name }) => option(name, id));
  return present<KnownBlock>(
    section(
      `*${t('ladders:others')}*\n${t(isRowKind(data.kind) ? 'ladders:precedence' : 'ladders:precedence_milestone')}`,
    ),
    ...data.others.map(({ scope, id, subject }) =>
      section(
        `${t(`ladders:scope.${scope}`)} · ${escapeMrkdwn(subjectName(t, subject))}`,
        button(ACTION.ladder, t('common:open'), { value: JSON.stringify({ s: scope, i: id, k: data.kind }) }),
      ),
    ),
    actions([
      {
        type: 'external_select',
        action_id: ACTION.ladderCustomer,
        min_query_length: 0,
        placeholder: { type: 'plain_text', text: t('ladders:pick_customer') },
      },
      ...(templates.length > 0 && isRowKind(data.kind)
        ? [
            {
              type: 'static_select' as const,
              action_id: ACTION.ladderTemplate,
              options: templates,
              placeholder: { type: 'plain_text' as const, text: t('ladders:pick_template') },
            },
          ]
        : []),
    ]),
  );
}

/** Days, roles, tone and what it does; of a repeated line how often. */
export function stepForm(
  data: LadderWindow,
  rule: LadderRule | null,
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  const repeated = rule !== null && isWeekly(rule);
  const isRow = isRowKind(data.kind);
  const days = rule?.offsetDays ?? 1;
  const when = [option(t('ladders:when.before'), 'before'), option(t('ladders:when.after'), 'after')];
  const roles = rolesFor(data.kind).map((role) => option(roleWords(t, role), role));
  const chosen = roles.filter((one) => rule?.roles.some((role) => role === one.value));
  const levels = [
    option(t('ladders:no_level'), 'none'),
    ...Array.from({ length: MAX_LEVEL }, (_, index) =>
      option(t('ladders:level', { level: index + 1 }), String(index + 1)),
    ),
  ];
  const level = (rule?.level ?? 0) >= 1 ? String(rule?.level) : 'none';
  const tones = TONES.map((tone) => option(toneWords(t, tone, data.kind), tone));
  const from = COUNTED_FROM[data.kind];
  const remove = option(t('ladders:remove'), 'yes');
  const back = JSON.stringify({ s: data.scope, i: data.id, k: data.kind });
  return modal({
    callbackId: VIEW.ladderStep,
    title: t(rule === null ? 'ladders:add' : 'ladders:step'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      rule !== null && section(`*${stepDay(t, rule)}*`),
      rule?.replacedByRemindDays === true
        ? context(t('ladders:first_hint'))
        : input('days', t('ladders:days'), textInput({ initial: String(Math.abs(days)), maxLength: 3 }), {
            hint: t(repeated ? `ladders:start_hint.${from}` : `ladders:days_hint.${from}`),
          }),
      !repeated &&
        // Before the signing there is nothing to wait for.
        data.kind !== 'anchor' &&
        rule?.replacedByRemindDays !== true &&
        input('when', t(`ladders:when_of.${from}`), selectInput(when, days < 0 ? 'before' : 'after')),
      (rule === null || (repeated && rule.anchorWeekday === undefined)) &&
        input(
          'every',
          t('ladders:every_days'),
          textInput({ ...(rule && { initial: String(rule.repeatEveryDays) }), maxLength: 2 }),
          rule === null ? { optional: true, hint: t('ladders:every_hint') } : {},
        ),
      input('roles', t('ladders:roles'), {
        type: 'checkboxes',
        action_id: 'value',
        options: roles,
        ...(chosen.length > 0 && { initial_options: chosen }),
      }),
      input('tone', t('ladders:tone'), selectInput(tones, rule?.tone ?? 'plain')),
      !repeated &&
        isRow &&
        input('level', t('ladders:escalation'), selectInput(levels, level), {
          hint: t('ladders:level_hint'),
        }),
      rule !== null &&
        input(
          'remove',
          t('ladders:take_out'),
          { type: 'checkboxes', action_id: 'value', options: [remove] },
          { optional: true },
        ),
      actions([button(ACTION.ladder, t('ladders:back'), { value: back })]),
    ),
  });
}
