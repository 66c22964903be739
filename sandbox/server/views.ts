// Modals and App Home: the stack of each user, versions, and typed values across updates. Views come in validated.
import { withIds } from './block-ids.js';
import { newHash, newId } from './ids.js';
import { presentView } from './payloads.js';
import type { PlainText, View } from './protocol.js';
import type { Slack } from './slack.js';
import { LIMITS } from './validate-limits.js';
import { isObject, type Json } from './validate-rules.js';
import { collectValues } from './view-state.js';
import { APP, type StoredView } from './world.js';

function readText(value: unknown): PlainText | null {
  if (!isObject(value) || typeof value.text !== 'string') return null;
  return { type: 'plain_text', text: value.text, emoji: value.emoji !== false };
}

function readString(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function buildView(slack: Slack, user: string, given: Json, before?: StoredView): StoredView {
  const blocks = withIds(Array.isArray(given.blocks) ? given.blocks : [], before?.blocks);
  const id = before?.id ?? newId('V');
  const title = readText(given.title);
  return {
    id,
    user,
    team_id: slack.store.world.team.id,
    type: given.type === 'home' ? 'home' : 'modal',
    ...(title ? { title } : {}),
    submit: readText(given.submit),
    close: readText(given.close),
    blocks,
    private_metadata: readString(given.private_metadata),
    callback_id: readString(given.callback_id),
    external_id: readString(given.external_id),
    state: { values: collectValues(blocks, before?.state.values) },
    hash: newHash(),
    clear_on_close: given.clear_on_close === true,
    notify_on_close: given.notify_on_close === true,
    ...(given.submit_disabled === true ? { submit_disabled: true } : {}),
    root_view_id: before?.root_view_id ?? id,
    previous_view_id: before?.previous_view_id ?? null,
    app_id: APP.id,
    bot_id: APP.bot,
  };
}

/** The open modals of a person, bottom first. */
export function listStack(slack: Slack, user: string): StoredView[] {
  const { stacks, views } = slack.store.world;
  return (stacks[user] ?? []).flatMap((id) => views[id] ?? []);
}

/** Tells the person's clients what is open now. */
export function tellStack(slack: Slack, user: string): void {
  slack.store.touch();
  slack.hub.send(user, { type: 'view_stack', stack: listStack(slack, user).map(presentView) });
}

/** The open modal or Home with this id. */
export function findView(slack: Slack, id: string): StoredView | undefined {
  const { views, homes } = slack.store.world;
  return views[id] ?? Object.values(homes).find((view) => view.id === id);
}

/** The open modal with this external_id. */
export function findByExternalId(slack: Slack, externalId: string): StoredView | undefined {
  const { views, homes } = slack.store.world;
  return [...Object.values(views), ...Object.values(homes)].find((view) => view.external_id === externalId);
}

/** Opens a modal alone, closing what was open. */
export function openModal(slack: Slack, user: string, given: Json): StoredView {
  forget(slack, user, slack.store.world.stacks[user] ?? []);
  slack.store.world.stacks[user] = [];
  return pushModal(slack, user, given);
}

/** Puts a modal on top of the stack; check `canPush` first. */
export function pushModal(slack: Slack, user: string, given: Json): StoredView {
  const { stacks, views } = slack.store.world;
  const view = buildView(slack, user, given);
  const below = listStack(slack, user).at(-1);
  if (below) {
    view.root_view_id = below.root_view_id;
    view.previous_view_id = below.id;
  }
  views[view.id] = view;
  stacks[user] = [...(stacks[user] ?? []), view.id];
  tellStack(slack, user);
  return view;
}

/** True when the stack has room for one more modal. */
export function canPush(slack: Slack, user: string): boolean {
  return listStack(slack, user).length < LIMITS.viewStack;
}

/** Rewrites an open view; typed values stay where block_id and action_id are unchanged. */
export function updateView(slack: Slack, view: StoredView, given: Json): StoredView {
  const { views, homes } = slack.store.world;
  const changed = buildView(slack, view.user, given, view);
  if (view.type === 'home') {
    homes[view.user] = changed;
    slack.store.touch();
    slack.hub.send(view.user, { type: 'home', view: presentView(changed) });
  } else {
    views[view.id] = changed;
    tellStack(slack, view.user);
  }
  return changed;
}

/** Publishes a person's Home. */
export function publishHome(slack: Slack, user: string, given: Json): StoredView {
  const { homes } = slack.store.world;
  const before = homes[user];
  const view = buildView(slack, user, given, before);
  homes[user] = view;
  slack.store.touch();
  slack.hub.send(user, { type: 'home', view: presentView(view) });
  return view;
}

function forget(slack: Slack, user: string, ids: string[]): void {
  const { stacks, views } = slack.store.world;
  for (const id of ids) delete views[id];
  stacks[user] = (stacks[user] ?? []).filter((id) => !ids.includes(id));
}

/** Closes one modal, or with `all` the whole stack; returns what was closed. */
export function closeModal(slack: Slack, view: StoredView, all: boolean): StoredView[] {
  const closed = all ? listStack(slack, view.user) : [view];
  forget(
    slack,
    view.user,
    closed.map((entry) => entry.id),
  );
  tellStack(slack, view.user);
  return closed;
}

/** Keeps what the person has typed so far, or the field errors of a refused submission. */
export function holdState(
  slack: Slack,
  view: StoredView,
  change: { values?: View['state']['values']; errors?: Record<string, string> },
): void {
  if (change.values) view.state.values = change.values;
  if (change.errors && Object.keys(change.errors).length > 0) view.errors = change.errors;
  else delete view.errors;
  slack.store.touch();
}
