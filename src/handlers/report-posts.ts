// [发到频道]: which of the company's channels, what will be shown there, and posting it (ux §4.11).
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { z } from 'zod';
import { authorize } from '../domain/access.js';
import { newId } from '../domain/ids.js';
import {
  countBlind,
  type PeopleInChannel,
  postReport,
  REPORT_CHANNELS,
  type ReportChannel,
} from '../domain/reports/post-report.service.js';
import { reportQuery } from '../domain/reports/report.js';
import type { Doors } from './listen.js';
import { shownQuery } from './report-drawing.js';
import { REPORT } from './report-ids.js';
import { showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn, type Turn } from './turns.js';
import { reportPostModal } from './views/report-post-views.js';

const postMetadata = formMetadata({ q: reportQuery });

/** Plugs in the button and the form. */
export function registerReportPosts(doors: Doors): void {
  doors.opens(REPORT.post, openPost);
  doors.submit(REPORT.post, postMetadata, submitPost);
}

const channelId = ({ company }: Turn['ctx'], channel: ReportChannel): string | null =>
  channel === 'finance' ? company.financeChannelId : company.escalationChannelId;

async function openPost(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'report.post');
  const query = shownQuery(turn);
  const found = await Promise.all(
    REPORT_CHANNELS.map(async (channel) => {
      const id = channelId(ctx, channel);
      const people = id === null ? null : await peopleIn(turn.client, id);
      if (id === null || people === null) return [];
      return [{ channel, id, blind: await countBlind(ctx, query, people) }];
    }),
  );
  const channels = found.flat();
  if (channels.length === 0) return turn.tell(t('reports:post.none'));
  const metadata = JSON.stringify({ r: newId(ctx.now), q: query });
  await showView(turn, reportPostModal(query, channels, t, metadata));
}

async function submitPost(turn: SubmitTurn<z.infer<typeof postMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const channel = REPORT_CHANNELS.find((one) => one === form.choice('channel'));
  const id = channel === undefined ? null : channelId(ctx, channel);
  const people = id === null ? null : await peopleIn(turn.client, id);
  // The setting was changed, or the app removed from it, while the form was open.
  if (channel === undefined || id === null || people === null) return { done: t('reports:post.none') };
  const { blind } = await postReport(ctx, metadata.q, channel, people);
  return {
    done: t(blind === 0 ? 'reports:post.done' : 'reports:post.done_without', { channel: `<#${id}>` }),
  };
}

const MAX_PEOPLE = 1000;

/** Who is in a channel but this app; null where it is not in it. Of a larger channel the first. */
async function peopleIn(client: WebClient, channel: string): Promise<PeopleInChannel | null> {
  const people: string[] = [];
  const { user_id: self } = await client.auth.test();
  let cursor: string | undefined;
  try {
    do {
      const page = await client.conversations.members({ channel, limit: 200, ...(cursor && { cursor }) });
      people.push(...(page.members ?? []));
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined && people.length <= MAX_PEOPLE);
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return null;
    throw error;
  }
  return { ids: people.filter((id) => id !== self), more: cursor !== undefined };
}
