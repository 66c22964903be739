// The reminder ladder (提醒阶梯) in windows: the company's, and those of its own for a template, a customer or an
// instalment; and what an instalment will be reminded of. The step's form takes the window's place: Slack stacks three.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Ctx } from '../ctx.js';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findComing } from '../domain/reminders/coming.queries.js';
import {
  isWeekly,
  LADDER_KINDS,
  type LadderKind,
  type RecipientRole,
  TONES,
} from '../domain/reminders/ladder.js';
import { removeStep, resetLadder, saveStep, startLadder } from '../domain/reminders/ladder.service.js';
import { findRowsToTry, tryLadder } from '../domain/reminders/ladder-trial.queries.js';
import { findLadder } from '../domain/reminders/ladder-window.queries.js';
import {
  isRowKind,
  LADDER_SCOPES,
  MAX_LADDER_DAYS_BEFORE,
  MAX_LEVEL,
  MAX_OFFSET_DAYS,
  MAX_REPEAT_DAYS,
  rolesFor,
  type StepInput,
} from '../domain/reminders/ladders.js';
import { customerOptions } from './customers.js';
import { translator } from './i18n/index.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { type Opener, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { comingModal } from './views/coming-views.js';
import { rowOption } from './views/ladder-trial-views.js';
import { ladderModal, stepForm } from './views/ladder-views.js';

const ref = { s: z.enum(LADDER_SCOPES), i: z.uuid().nullable(), k: z.enum(LADDER_KINDS) };
const ladderValue = z.object(ref);
type Ref = z.infer<typeof ladderValue>;
/** `c`: the step; null for a new one. */
const stepValue = z.object({ ...ref, c: z.string().max(20).nullable() });
/** `w`: a repeated line. */
const stepMetadata = formMetadata({ ...stepValue.shape, v: z.number().int(), w: z.boolean() });
const rowValue = z.object({ i: z.uuid() });
/** Windows whose place a ladder takes. */
const GIVES_WAY: readonly string[] = [VIEW.ladder, VIEW.coming, VIEW.ladderStep];
const COMPANY: Ref = { s: 'company', i: null, k: 'normal' };

/** Plugs in the windows. */
export function registerLadders(doors: Doors): void {
  doors.opens(
    ACTION.ladder,
    (turn) => openLadder(turn, turn.value === '' ? COMPANY : parseValue(ladderValue, turn.value)),
    ({ view }) => !GIVES_WAY.includes(view?.callback_id ?? ''),
  );
  doors.action(ACTION.ladderKind, (turn) =>
    redrawAs(turn, { k: z.enum(LADDER_KINDS).catch('normal').parse(turn.value) }),
  );
  doors.action(ACTION.ladderTemplate, (turn) => redrawAs(turn, { s: 'template', i: recordId(turn.value) }));
  doors.action(ACTION.ladderCustomer, (turn) => redrawAs(turn, { s: 'customer', i: recordId(turn.value) }));
  doors.options(ACTION.ladderCustomer, ({ ctx, words }) => customerOptions(ctx, words));
  doors.options(ACTION.ladderTry, ({ ctx, words, metadata }) => rowsToTry(ctx, words, metadata));
  doors.action(ACTION.ladderTry, tryOn);
  doors.action(ACTION.ladderStep, openStep);
  doors.action(ACTION.ladderStart, (turn) => changeWhole(turn, doors, 'start'));
  doors.action(ACTION.ladderReset, (turn) => changeWhole(turn, doors, 'reset'));
  doors.opens(ACTION.coming, openComing);
  doors.submit(VIEW.ladderStep, stepMetadata, (turn) => submitStep(turn, doors));
}

/** What an instalment will be reminded of. */
async function openComing(turn: ActionTurn): Promise<void> {
  await turn.show(
    comingModal(await findComing(turn.ctx, parseValue(rowValue, turn.value).i), readerOf(turn)),
  );
}

/** Opens a ladder, in place of the window in which its button was; the company's on top of the settings. */
async function openLadder(turn: Opener & Partial<ActionTurn>, shown: Ref): Promise<void> {
  const view = await draw(turn, shown);
  if (turn.redraw && GIVES_WAY.includes(turn.body?.view?.callback_id ?? '')) await turn.redraw(view);
  else await showView(turn, view);
}

/** The company's ladder. @throws DomainError access.denied */
export const openCompanyLadder = (turn: Opener): Promise<void> => openLadder(turn, COMPANY);

async function draw(
  turn: Pick<Turn, 'ctx' | 't'>,
  shown: Ref,
  { result = null, tried = null }: { result?: string | null; tried?: string | null } = {},
): Promise<ModalView> {
  const data = await findLadder(turn.ctx, { scope: shown.s, id: shown.i, kind: shown.k });
  const state = { v: turn.ctx.company.version, ...shown };
  const trial = tried === null ? null : await tryLadder(turn.ctx, tried, data);
  return ladderModal(data, state, readerOf(turn), { result, trial });
}

/** Instalments to try the window's ladder on. */
async function rowsToTry(
  ctx: Ctx,
  words: string,
  metadata: string,
): Promise<{ text: string; value: string }[]> {
  const { s, i, k } = parseValue(ladderValue, metadata);
  const rows = await findRowsToTry(ctx, { scope: s, id: i, kind: k }, words);
  const reader = { t: translator(ctx.actor.locale), locale: ctx.actor.locale };
  return rows.map((row) => {
    const { text, value } = rowOption(row, reader);
    return { text: text.text, value: value ?? '' };
  });
}

/** 试算: what the steps that are shown would say of an instalment from today on. */
async function tryOn(turn: ActionTurn): Promise<void> {
  const shown = shownIn(turn);
  await turn.redraw(await draw(turn, shown, { tried: recordId(turn.value) }));
}

const shownIn = (turn: ActionTurn): Ref => parseValue(ladderValue, turn.body.view?.private_metadata ?? '');

async function redrawAs(turn: ActionTurn, change: Partial<Ref>): Promise<void> {
  await turn.redraw(await draw(turn, { ...shownIn(turn), ...change }));
}

async function openStep(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'ladder.edit');
  const { c: code, ...shown } = parseValue(stepValue, turn.value);
  const data = await findLadder(ctx, { scope: shown.s, id: shown.i, kind: shown.k });
  const rule = data.rules.find((one) => one.code === code) ?? null;
  if (data.from !== data.scope || (code !== null && rule === null))
    throw new DomainError('not_found', { ref: '' });
  const w = rule !== null && isWeekly(rule);
  const state = JSON.stringify({ ...shown, c: code, w, r: newId(ctx.now), v: ctx.company.version });
  await turn.redraw(stepForm(data, rule, state, readerOf(turn)));
}

/** A copy to change, or back to what counts without one. */
async function changeWhole(turn: ActionTurn, doors: Doors, what: 'start' | 'reset'): Promise<void> {
  const { t } = turn;
  // A button's request is its click: a second one finds the version changed.
  const shown = parseValue(z.object({ ...ref, v: z.number().int() }), turn.value);
  const target = { scope: shown.s, id: shown.i, kind: shown.k, version: shown.v };
  const rows =
    what === 'start'
      ? await startLadder(turn.ctx, target, (await findLadder(turn.ctx, target)).rules)
      : await resetLadder(turn.ctx, target);
  const ctx = await doors.contexts.of(turn.client, turn.ctx.actor.slackUserId);
  const said = { effect: effectOf(t, shown.k, rows), time: turn.ctx.company.remindAt };
  const words = t(what === 'start' ? 'ladders:started' : 'ladders:restored', said);
  await turn.redraw(await draw({ ...turn, ctx }, { s: shown.s, i: shown.i, k: shown.k }, { result: words }));
}

const effectOf = (t: Turn['t'], kind: LadderKind, count: number): string =>
  t(isRowKind(kind) ? 'ladders:effect.rows' : 'ladders:effect.contracts', { count });

async function submitStep(turn: SubmitTurn<z.infer<typeof stepMetadata>>, doors: Doors): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const { s, i, k, c: code, v, w } = metadata;
  const target = { scope: s, id: i, kind: k, version: v };
  const isRemoved = code !== null && form.choices('remove').includes('yes');
  const rows = isRemoved
    ? await removeStep(ctx, target, code)
    : await saveStep(ctx, target, code, readStep(turn, k, code === null, w));
  const fresh = await doors.contexts.of(turn.client, ctx.actor.slackUserId);
  const time = ctx.company.remindAt;
  const words = t(isRemoved ? 'ladders:removed' : 'ladders:saved', { effect: effectOf(t, k, rows), time });
  return { update: await draw({ ...turn, ctx: fresh }, { s, i, k }, { result: words }), told: words };
}

function readStep(
  { form }: SubmitTurn<unknown>,
  kind: LadderKind,
  isNew: boolean,
  isRepeated: boolean,
): StepInput {
  const has = (field: string) => form.blockIdOf(field) !== undefined;
  const isBefore = has('when') && form.requiredChoice('when') === 'before';
  const max = isBefore ? MAX_LADDER_DAYS_BEFORE : MAX_OFFSET_DAYS;
  const days = has('days') ? form.wholeNumber('days', { min: 0, max }) : 0;
  const isOnce = isNew && form.text('every', { max: 2 }) === null;
  const repeatEveryDays =
    has('every') && !isOnce ? form.wholeNumber('every', { min: 1, max: MAX_REPEAT_DAYS }) : null;
  const level = isRepeated
    ? null
    : z.coerce.number().int().min(0).max(MAX_LEVEL).safeParse(form.choice('level'));
  const ticked = form.choices('roles');
  const roles: RecipientRole[] = rolesFor(kind).filter((role) => ticked.includes(role));
  if (roles.length === 0) form.refuse('roles', 'ladder.nobody', {});
  form.check();
  return {
    // 0 - days, since -0 is not 0.
    offsetDays: isBefore ? 0 - days : days,
    repeatEveryDays,
    roles,
    tone: z
      .enum(TONES)
      .catch('plain')
      .parse(has('tone') ? form.requiredChoice('tone') : 'plain'),
    level: level?.success ? level.data : null,
  };
}
