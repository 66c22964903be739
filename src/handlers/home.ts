// App Home: published when it is opened, when something on it is clicked, and by a job when its facts changed.
import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type HomeState, loadHome } from '../domain/home/home.queries.js';
import { notePublishing, noteUnpublished } from '../domain/home/home.service.js';
import { HOME_KINDS, HOME_TABS } from '../domain/home/home-kinds.js';
import { todayIn } from '../domain/local-date.js';
import type { Contexts } from './context.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import { translator } from './i18n/index.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { askedWords } from './members.js';
import { readerOf } from './show-view.js';
import { type ActionTurn, parseValue } from './turns.js';
import { homeFailure, homeView, homeWithoutRole } from './views/home-views.js';

/** `t`: which list; left out: the first of the kind. */
const stateSchema = z.object({
  k: z.enum(HOME_KINDS),
  p: z.number().int().min(1),
  t: z.enum(HOME_TABS).optional(),
});

/** Plugs in the opening of Home, its paging, its select and its refresh. */
export function registerHome(doors: Doors, deps: Deps): void {
  const publish = (client: WebClient, slackUserId: string, state: Partial<HomeState>) =>
    publishHome({ client, deps, contexts: doors.contexts }, slackUserId, { state, opened: true });
  doors.event('app_home_opened', async (event, client) => {
    if (event.tab === 'home') await publish(client, event.user, stateOf(event.view?.private_metadata));
  });
  doors.action(
    ACTION.homeRefresh,
    (turn) => publish(turn.client, turn.ctx.actor.slackUserId, shownState(turn)),
    {
      anyone: true,
    },
  );
  doors.action(new RegExp(`^${ACTION.homeTab.replace('.', '\\.')}\\.`), (turn) => {
    return publish(turn.client, turn.ctx.actor.slackUserId, homeOf(parseValue(stateSchema, turn.value)));
  });
}

const shownState = (turn: ActionTurn): Partial<HomeState> => stateOf(turn.body.view?.private_metadata);

const homeOf = ({ k, p, t }: z.infer<typeof stateSchema>): Partial<HomeState> => ({
  kind: k,
  page: p,
  ...(t !== undefined && { tab: t }),
});

/** What the Home shows now; anything unreadable is the first page. */
function stateOf(metadata: string | undefined): Partial<HomeState> {
  try {
    return homeOf(stateSchema.parse(JSON.parse(metadata ?? '')));
  } catch {
    return {};
  }
}

/**
 * Publishes a person's Home from fresh facts; what cannot be read is said, with a way to try again. `opened`: the person
 * looks at it now, and it is kept fresh from here on; else nobody waits for it, and Slack is not asked who it is.
 * @throws what Slack answers (the job tries again); without `opened` also while the database is away
 */
export async function publishHome(
  door: { client: WebClient; deps: Deps; contexts: Contexts },
  slackUserId: string,
  { state, opened = false }: { state?: Partial<HomeState>; opened?: boolean } = {},
): Promise<void> {
  const { client, deps, contexts } = door;
  const view = await drawHome(door, slackUserId, { state, opened }).catch((error: unknown) => {
    const locale = contexts.localeOf(slackUserId);
    const now = deps.clock();
    const reader = { locale, now, timezone: contexts.timezone(), today: todayIn(now, contexts.timezone()) };
    const { code } = describeError(error, reader, deps.log);
    if (!opened && code === 'database.unavailable') throw error;
    return code === 'role.missing' ? homeWithoutRole(translator(locale)) : homeFailure(translator(locale));
  });
  try {
    await client.views.publish({ user_id: slackUserId, view });
  } catch (error) {
    if (opened) await noteUnpublished(deps.db, slackUserId);
    throw error;
  }
}

async function drawHome(
  { client, contexts }: { client: WebClient; contexts: Contexts },
  slackUserId: string,
  { state, opened }: { state: Partial<HomeState> | undefined; opened: boolean },
): Promise<HomeView> {
  const ctx = await contexts.of(opened ? client : null, slackUserId);
  const t = translator(ctx.actor.locale);
  const { askedAt } = await notePublishing(ctx, opened);
  if (ctx.actor.roles.length === 0)
    return homeWithoutRole(t, askedAt === null ? undefined : askedWords({ ctx, t }, askedAt));
  return homeView(await loadHome(ctx, state), readerOf({ ctx, t }), ctx.company);
}
