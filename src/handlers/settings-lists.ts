// Settings of lists (字典) and of numbers (编号): admins only (F17, F18; ux §4.9).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { formatNumber, type NumberPattern, readPattern, writePattern } from '../domain/numbering.js';
import { DICTIONARIES } from '../domain/settings/dictionaries.js';
import { saveCurrencies, saveEntry, savePattern } from '../domain/settings/lists.service.js';
import type { Deps } from './deps.js';
import { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withTyped } from './views/form-views.js';
import {
  currenciesForm,
  ENTRY_NAME_MAX,
  entryForm,
  LISTS,
  listModal,
  NUMBERED,
  numberingModal,
  patternForm,
} from './views/settings-list-views.js';

const entryValue = z.object({ l: z.enum(DICTIONARIES), k: z.string().max(40).nullable() });
const kindValue = z.object({ n: z.enum(NUMBERED) });
const version = { v: z.number().int() };
const entryMetadata = formMetadata({ ...version, ...entryValue.shape });
const currenciesMetadata = formMetadata(version);
const patternMetadata = formMetadata({ ...version, ...kindValue.shape });
const reset = z.enum(['daily', 'monthly', 'yearly', 'never']);
type PatternMetadata = z.infer<typeof patternMetadata>;

/** Plugs in the lists and the numbers. */
export function registerSettingsLists(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.settingsLists, (turn) => showList(turn, 'contractTypes'));
  doors.action(ACTION.settingsList, redrawList);
  doors.opens(ACTION.settingsEntry, openEntry);
  doors.opens(ACTION.settingsCurrencies, openCurrencies);
  doors.opens(ACTION.settingsNumbering, openNumbering);
  doors.opens(ACTION.settingsPattern, openPattern);
  doors.action(ACTION.settingsPatternTyped, redrawPattern);
  doors.action(ACTION.settingsPatternReset, redrawPattern);
  doors.submit(VIEW.settingsEntry, entryMetadata, (turn) => submitEntry(turn, doors));
  doors.submit(VIEW.settingsCurrencies, currenciesMetadata, (turn) => submitCurrencies(turn, doors));
  doors.submit(VIEW.settingsPattern, patternMetadata, (turn) => submitPattern(turn, doors));
}

async function showList(turn: ActionTurn, list: (typeof LISTS)[number]): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  await turn.show(listModal(turn.t, list, turn.ctx.company.settings));
}

async function redrawList(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const list = z.enum(LISTS).catch('contractTypes').parse(turn.value);
  await turn.redraw(listModal(turn.t, list, turn.ctx.company.settings));
}

async function openEntry(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { l, k } = parseValue(entryValue, turn.value);
  const entry = k === null ? null : ctx.company.settings[l].find((one) => one.key === k);
  if (entry === undefined) throw new DomainError('not_found', { ref: k ?? '' });
  await turn.show(entryForm(t, entry, JSON.stringify({ r: newId(ctx.now), v: ctx.company.version, l, k })));
}

/** The settings as they are after a save: what this turn was given is older. */
async function fresh(doors: Doors, { ctx, client }: Pick<Turn, 'ctx' | 'client'>) {
  return (await doors.contexts.of(client, ctx.actor.slackUserId)).company.settings;
}

async function submitEntry(turn: SubmitTurn<z.infer<typeof entryMetadata>>, doors: Doors): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  authorize(ctx.actor, 'settings.edit');
  const zh = form.requiredText('zh', { max: ENTRY_NAME_MAX });
  const en = form.requiredText('en', { max: ENTRY_NAME_MAX });
  form.check();
  const active = form.choices('active').includes('yes');
  await saveEntry(ctx, metadata.v, metadata.l, { key: metadata.k, zh, en, active });
  const words = { name: ctx.actor.locale === 'en' ? en : zh };
  const result = active ? t('dictionaries:saved_on', words) : t('dictionaries:saved_off', words);
  return returnTo(turn, true, listModal(t, metadata.l, await fresh(doors, turn), result));
}

async function openCurrencies(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const metadata = JSON.stringify({ r: newId(ctx.now), v: ctx.company.version });
  await turn.show(currenciesForm(t, ctx.company.settings.currencies, metadata));
}

async function submitCurrencies(
  turn: SubmitTurn<z.infer<typeof currenciesMetadata>>,
  doors: Doors,
): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const text = form.requiredText('codes', { max: 2000 });
  form.check();
  await saveCurrencies(ctx, metadata.v, text);
  const result = t('dictionaries:saved_currencies');
  return returnTo(turn, true, listModal(t, 'currencies', await fresh(doors, turn), result));
}

async function openNumbering(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  await turn.show(numberingModal(t, ctx.company.settings, ctx.today));
}

async function openPattern(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { n } = parseValue(kindValue, turn.value);
  const pattern = ctx.company.settings.numbering[n];
  const state = { r: newId(ctx.now), v: ctx.company.version, n };
  await turn.show(drawPattern(turn, state, writePattern(pattern), pattern.reset));
}

/** Something was typed or chosen: the example follows. */
async function redrawPattern(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const state = parseValue(patternMetadata, view.private_metadata);
  const form = new Form(view.state.values);
  const text = form.text('pattern', { max: 80 }) ?? '';
  const drawn = drawPattern(turn, state, text, reset.catch('never').parse(form.choice('reset')));
  await turn.redrawEntered(withTyped(drawn, view.state.values));
}

function drawPattern(
  turn: Pick<Turn, 'ctx' | 't'>,
  state: PatternMetadata,
  pattern: string,
  every: NumberPattern['reset'],
) {
  const { t, ctx } = turn;
  const read = readPattern(pattern, every);
  const example = read.ok
    ? t('dictionaries:example', { example: formatNumber(read.pattern, ctx.today, 1n) })
    : t(`dictionaries:problem.${read.problem}`);
  return patternForm(t, { kind: state.n, pattern, reset: every, example, metadata: JSON.stringify(state) });
}

async function submitPattern(turn: SubmitTurn<PatternMetadata>, doors: Doors): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const text = form.requiredText('pattern', { max: 80 });
  const every = reset.safeParse(form.requiredChoice('reset'));
  form.check();
  if (!every.success) throw new DomainError('choice.unknown', { value: '' }, 'reset');
  await savePattern(ctx, metadata.v, metadata.n, text, every.data);
  const result = t('dictionaries:saved_pattern', { name: t(`dictionaries:kind.${metadata.n}`) });
  return returnTo(turn, true, numberingModal(t, await fresh(doors, turn), ctx.today, result));
}
