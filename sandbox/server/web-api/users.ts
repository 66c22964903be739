// users.*, team.info, auth.test, api.test, apps.connections.open: who everybody is.
import { listScopes } from '../manifest.js';
import type { User } from '../protocol.js';
import type { Slack } from '../slack.js';
import type { Json } from '../validate-rules.js';
import { APP } from '../world.js';
import { ApiError, type Methods, paginate } from './method.js';
import { readUser } from './targets.js';

/** Seconds east of UTC of a zone, now. */
function readOffset(tz: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    timeZoneName: 'longOffset',
  }).formatToParts();
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60);
}

/** The user object of the Web API and of user events. */
export function toApiUser(slack: Slack, user: User, withLocale: boolean): Json {
  const { team } = slack.store.world;
  const scopes = listScopes(slack.options.manifest);
  // Without its scope the field is not there, as in Slack.
  const showsEmail = !user.is_bot && (scopes === undefined || scopes.includes('users:read.email'));
  return {
    id: user.id,
    team_id: team.id,
    name: user.name,
    deleted: user.deleted ?? false,
    color: user.color,
    real_name: user.real_name,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: readOffset(user.tz),
    profile: {
      title: user.title,
      phone: '',
      real_name: user.real_name,
      real_name_normalized: user.real_name,
      display_name: user.name,
      display_name_normalized: user.name,
      team: team.id,
      ...(showsEmail && { email: user.email ?? `${user.id.toLowerCase()}@${team.domain}.example` }),
    },
    is_admin: user.is_admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.is_bot,
    is_app_user: false,
    updated: 0,
    ...(withLocale ? { locale: user.locale } : {}),
  };
}

export const USER_METHODS: Methods = {
  'users.info': {
    tier: 4,
    scopes: ['users:read'],
    run(slack, args) {
      const user = readUser(slack, args.need('user'));
      return { user: toApiUser(slack, user, args.flag('include_locale')) };
    },
  },
  'users.list': {
    tier: 2,
    scopes: ['users:read'],
    run(slack, args) {
      const { page, response_metadata } = paginate(Object.values(slack.store.world.users), args, 1_000);
      const members = page.map((user) => toApiUser(slack, user, args.flag('include_locale')));
      return { members, cache_ts: Math.floor(Date.now() / 1000), response_metadata };
    },
  },
  'team.info': {
    tier: 3,
    scopes: ['team:read'],
    run(slack) {
      const { id, name, domain } = slack.store.world.team;
      return { team: { id, name, domain, email_domain: '', icon: {} } };
    },
  },
  'auth.test': {
    run(slack) {
      const { team, users } = slack.store.world;
      return {
        url: `${slack.url}/`,
        team: team.name,
        user: users[APP.user]?.name,
        team_id: team.id,
        user_id: APP.user,
        bot_id: APP.bot,
        is_enterprise_install: false,
      };
    },
  },
  'api.test': {
    token: 'none',
    run(_slack, args) {
      const error = args.text('error');
      if (error) throw new ApiError(error, { args: { error } });
      return { args: {} };
    },
  },
};
