// The settings conversation: index, company, channels, roles and managers, all in modals; admins only (ux §4.9).
import type { WebClient } from '@slack/web-api';
import { WebAPIPlatformError } from '@slack/web-api';
import { z } from 'zod';
import { authorize, can, ROLES, type Role } from '../domain/access.js';
import { countBook } from '../domain/customers/hand-over.service.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findPersonBySlackId, findStandIns } from '../domain/members/member.queries.js';
import { setMember } from '../domain/members/member.service.js';
import { loadFirstDays } from '../domain/reminders/ladder.queries.js';
import { isZone, TIME } from '../domain/reminders/send-times.js';
import { editCompany, isNamed } from '../domain/settings/company.service.js';
import { findOverview } from '../domain/settings/overview.queries.js';
import { MAX_ENDING_DAYS, MAX_ENDINGS } from '../domain/settings/settings.js';
import { findMember } from '../domain/settings/settings.queries.js';
import type { Deps } from './deps.js';
import type { Form } from './forms.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { openOwnSettings } from './own-settings.js';
import { type Opener, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { present } from './views/blocks.js';
import { settingsIndex } from './views/settings-index-views.js';
import {
  type CompanyFacts,
  channelsForm,
  companyChanges,
  companyForm,
  memberForm,
  savedWords,
} from './views/settings-views.js';

const companyMetadata = formMetadata({ v: z.number().int() });
const memberMetadata = formMetadata({ u: z.uuid().nullable(), v: z.number().int() });
type CompanySubmit = SubmitTurn<z.infer<typeof companyMetadata>>;
type MemberSubmit = SubmitTurn<z.infer<typeof memberMetadata>>;

/** Plugs in the index and its forms. */
export function registerSettings(doors: Doors, deps: Deps): void {
  doors.opens(ACTION.settings, openSettings);
  doors.opens(ACTION.settingsCompany, openCompany);
  doors.opens(ACTION.settingsChannels, openChannels);
  doors.opens(ACTION.settingsMember, (turn) => openRoles(turn, turn.value));
  doors.action(ACTION.settingsMemberPick, (turn) => pickMember(doors, turn));
  doors.action(ACTION.settingsRoles, showEffect);
  doors.submit(VIEW.settingsCompany, companyMetadata, saveCompany);
  doors.submit(VIEW.settingsChannels, companyMetadata, (turn) => saveChannels(turn, deps));
  doors.submit(VIEW.settingsMember, memberMetadata, (turn) => saveMember(doors, turn));
}

/** Opens the index; whoever may change nothing of the company gets their own. */
export async function openSettings(turn: Opener): Promise<void> {
  if (!can(turn.ctx.actor, 'settings.edit')) return openOwnSettings(turn);
  await showView(turn, settingsIndex(readerOf(turn), turn.ctx.company, await findOverview(turn.ctx)));
}

/** Opens roles and managers, with a person chosen if one is given. @throws DomainError access.denied */
export async function openRoles(turn: Opener, userId = ''): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const isId = z.uuid().safeParse(userId).success;
  const member = isId ? await findMember(turn.ctx, { id: userId }) : null;
  await showView(turn, memberForm(turn.t, member, newId(turn.ctx.now)));
}

async function openCompany(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  // A name that nobody chose is not offered as one: letters to customers bear it.
  const facts = { ...companyFacts(turn), ...(!isNamed(turn.ctx.company) && { name: '' }) };
  await turn.show(companyForm(turn.t, facts, newId(turn.ctx.now)));
}

async function openChannels(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { thread } = await loadFirstDays(turn.ctx.db);
  await turn.show(channelsForm(turn.t, companyFacts(turn), newId(turn.ctx.now), thread));
}

const companyFacts = ({ ctx: { company } }: Pick<Turn, 'ctx'>): CompanyFacts => ({
  ...company,
  currencies: company.settings.currencies,
  endingDays: company.settings.endingDays,
  channelsDeclined: company.settings.channelsDeclined,
});

async function saveCompany({ ctx, t, form, metadata }: CompanySubmit): Promise<Outcome> {
  authorize(ctx.actor, 'settings.edit');
  const name = form.requiredText('name', { max: 80 });
  const timezone = form.requiredText('timezone', { max: 60 });
  const baseCurrency = form.requiredChoice('baseCurrency');
  const locale = form.requiredChoice('locale') === 'en' ? 'en' : 'zh-CN';
  const remindAt = form.time('remindAt') ?? '';
  if (timezone !== '' && !isZone(timezone))
    form.refuse('timezone', 'settings.timezone_unknown', { value: timezone });
  if (!ctx.company.settings.currencies.includes(baseCurrency))
    form.refuse('baseCurrency', 'choice.unknown', { value: baseCurrency });
  const remindUntil = form.time('remindUntil') ?? '';
  if (!TIME.test(remindAt)) form.refuse('remindAt', 'choice.unknown', { value: remindAt });
  if (!TIME.test(remindUntil) || remindUntil <= remindAt)
    form.refuse('remindUntil', 'settings.until_before', { time: remindAt });
  const endingDays = readEndingDays(form);
  form.check();
  const fields = { name, timezone, baseCurrency, locale, remindAt, remindUntil } as const;
  const before = companyFacts({ ctx });
  await editCompany(ctx, metadata.v, { ...fields, settings: { endingDays, companyConfirmed: true } });
  const changes = companyChanges(t, before, { ...fields, endingDays });
  return { done: savedWords(t, t('settings:company'), changes) };
}

/** `30, 7`, the longest first; empty: nobody is told. */
function readEndingDays(form: Form): number[] {
  const text = (form.text('endingDays', { max: 40 }) ?? '').normalize('NFKC');
  const words = text.split(/[\s,、;]+/u).filter(Boolean);
  const days = [...new Set(words.map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : 0)))];
  if (days.length > MAX_ENDINGS || days.some((day) => day < 1 || day > MAX_ENDING_DAYS))
    form.refuse('endingDays', 'settings.days_unreadable', { value: text });
  return days.toSorted((one, other) => other - one);
}

async function saveChannels(turn: CompanySubmit, deps: Deps): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  authorize(ctx.actor, 'settings.edit');
  const financeChannelId = form.choice('finance');
  const escalationChannelId = form.choice('escalation');
  await testChannel(turn, form, 'finance', deps);
  if (escalationChannelId !== financeChannelId) await testChannel(turn, form, 'escalation', deps);
  form.check();
  const channelsDeclined = form.choices('declined').includes('yes');
  await editCompany(ctx, metadata.v, {
    financeChannelId,
    escalationChannelId,
    settings: { channelsDeclined },
  });
  const isNone = financeChannelId === null && escalationChannelId === null;
  return { done: t(isNone ? 'settings:channels_saved_none' : 'settings:channels_saved') };
}

/** A channel that refuses is a problem of its field. */
async function testChannel(turn: Turn, form: Form, field: string, deps: Deps): Promise<void> {
  const { t } = turn;
  const channel = form.choice(field);
  if (channel === null) return;
  const { ok, name } = await canPost(turn, channel, deps);
  // Of a private channel that it is not in Slack tells the app no name: an id would tell nobody anything.
  const shown = name === channel ? t('settings:that_channel') : name;
  if (!ok) form.refuse(field, 'settings.channel_unreachable', { channel: shown });
}

/** Joins a public channel, posts a line and deletes it. */
export async function canPost(
  { client, t }: Pick<Turn, 'client' | 't'>,
  channel: string,
  deps: Deps,
): Promise<{ ok: boolean; name: string }> {
  let name = channel;
  try {
    const { channel: info } = await client.conversations.info({ channel });
    name = `#${info?.name ?? channel}`;
    if (info?.is_member !== true && info?.is_private !== true) await client.conversations.join({ channel });
    const { ts } = await client.chat.postMessage({ channel, text: t('settings:test_message') });
    if (ts !== undefined) await client.chat.delete({ channel, ts });
  } catch (error) {
    // Anything but Slack's own "no" says nothing about the channel.
    if (!(error instanceof WebAPIPlatformError)) throw error;
    deps.log.info({ reason: error.data.error }, 'a channel cannot be posted in');
    return { ok: false, name };
  }
  return { ok: true, name };
}

/** A person was chosen: their roles and manager are shown; somebody not known yet is looked up first. */
async function pickMember(doors: Doors, turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const requestId = parseValue(memberMetadata, turn.body.view?.private_metadata ?? '').r;
  if (!(await isMember(doors, turn.client, turn.value))) return turn.tell(turn.t('settings:outsider'));
  const member = await findMember(turn.ctx, { slackUserId: turn.value });
  await turn.redraw(memberForm(turn.t, member, requestId));
}

/** Makes sure that the person is known; false for guests, bots and deactivated people. */
async function isMember(doors: Doors, client: WebClient, slackUserId: string): Promise<boolean> {
  try {
    await doors.contexts.of(client, slackUserId);
    return true;
  } catch (error) {
    if (isDomainError(error, 'role.missing')) return false;
    throw error;
  }
}

/** The member chosen in a field, or null; guests, bots and deactivated people are a problem of the field. */
export async function memberIn(
  { ctx, client, form }: Pick<SubmitTurn<unknown>, 'ctx' | 'client' | 'form'>,
  doors: Doors,
  field: string,
): Promise<string | null> {
  const slackUserId = form.choice(field);
  if (slackUserId === null) return null;
  if (await isMember(doors, client, slackUserId)) {
    return (await findPersonBySlackId(ctx.db, slackUserId))?.id ?? null;
  }
  const { user } = await client.users.info({ user: slackUserId });
  form.refuse(field, 'settings.not_a_member', { name: user?.real_name ?? slackUserId });
  return null;
}

/** A role was ticked: what it means is told before saving. */
async function showEffect(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { r, u } = parseValue(memberMetadata, turn.body.view?.private_metadata ?? '');
  if (u === null || turn.action.type !== 'checkboxes') return;
  const ticked = asRoles(turn.action.selected_options.map((option) => option.value ?? ''));
  await turn.redrawEntered(memberForm(turn.t, await findMember(turn.ctx, { id: u }), r, ticked));
}

const asRoles = (values: readonly string[]): Role[] => ROLES.filter((role) => values.includes(role));

async function saveMember(doors: Doors, turn: MemberSubmit): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const picked = form.requiredChoice('person');
  form.check();
  const shown = metadata.u === null ? null : await findMember(ctx, { id: metadata.u });
  // Submitted before the boxes of the newly chosen person were there: show them, save nothing.
  if (!shown || shown.slackUserId !== picked) {
    await memberIn(turn, doors, 'person');
    form.check();
    const member = await findMember(ctx, { slackUserId: picked });
    return { update: memberForm(t, member, metadata.r) };
  }
  const managerId = await memberIn(turn, doors, 'managerId');
  const department = form.choice('departmentId');
  form.check();
  const saved = await setMember(ctx, {
    userId: shown.id,
    version: metadata.v,
    roles: asRoles(form.choices('roles')),
    managerId,
    departmentId: department === null ? null : recordId(department),
  });
  doors.contexts.forget(shown.slackUserId);
  const roles = asRoles(saved.roles)
    .map((role) => t(`common:role.${role}`))
    .join(t('common:comma'));
  const done = roles === '' ? 'settings:member_saved_none' : 'settings:member_saved';
  const words = t(done, { name: saved.name, roles });
  const more = [await unledWords(turn, saved), await bookWords(turn, saved)];
  return { done: present<string>(words, ...more).join('\n') };
}

/** That nobody above a rep leads: contracts would wait for nobody, and who saved it would hear of it much later. */
async function unledWords({ ctx, t }: MemberSubmit, { id, roles }: { id: string; roles: string[] }) {
  if (!roles.includes('rep')) return null;
  const standIns = await findStandIns(ctx.db, id);
  if (standIns === null) return null;
  const names = formatNames(
    ctx.actor.locale,
    standIns.map((person) => person.name),
  );
  return standIns.length === 0 ? t('settings:unled') : t('settings:unled_directors', { names });
}

/** What somebody without a role still owns: it goes on reaching those above them until it is handed over. */
async function bookWords({ ctx, t }: MemberSubmit, { id, roles }: { id: string; roles: string[] }) {
  if (roles.length > 0) return null;
  const book = await countBook(ctx.db, id);
  return book.customers + book.contracts + book.instalments === 0
    ? null
    : t('settings:book_left', { ...book });
}
