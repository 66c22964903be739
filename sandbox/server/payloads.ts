// The parts that interaction payloads have in common, in Slack's shapes.
import type { View } from './protocol.js';
import type { Slack } from './slack.js';
import type { Json } from './validate-rules.js';
import { APP, type StoredChannel, type StoredView } from './world.js';

/** type, user, team and app of an interaction; `trigger_id` when the kind has one. */
export function buildBase(slack: Slack, type: string, userId: string, triggerId?: string): Json {
  const { team, users } = slack.store.world;
  const name = users[userId]?.name ?? userId;
  return {
    type,
    user: { id: userId, username: name, name, team_id: team.id },
    api_app_id: APP.id,
    token: 'sandbox-verification-token',
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    ...(triggerId === undefined ? {} : { trigger_id: triggerId }),
  };
}

/** The channel as interaction payloads name it. */
export function nameChannel(channel: StoredChannel): { id: string; name: string } {
  if (channel.is_im) return { id: channel.id, name: 'directmessage' };
  return { id: channel.id, name: channel.is_private ? 'privategroup' : channel.name };
}

/** The view as the page shows it. */
export function presentView(view: StoredView): View {
  const { user: _user, ...shown } = view;
  return structuredClone(shown);
}

/** The view as the app receives it. */
export function toApiView(view: StoredView): Json {
  const { errors: _errors, ...shown } = presentView(view);
  return { ...shown, app_installed_team_id: view.team_id };
}
