// The routes under /sandbox/: what the page and, over HTTP, tests call. Each route reads, acts, answers JSON.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { moveClock, presentClock } from './clock.js';
import { runCommand, runShortcut } from './commands.js';
import { redeliver, resetSandbox, upsertChannel, upsertUser } from './control.js';
import { HttpError, readBody, readJsonBody, sendJson } from './http.js';
import { runAction, runOptions } from './interactions.js';
import { markRead } from './people.js';
import { needUser, openHome, presentStack, presentState, readHistory, say, upload } from './person.js';
import {
  listTexts,
  maybeState,
  maybeText,
  needText,
  readAction,
  readChannelRequest,
  readClock,
  readContainer,
  readFault,
  readUserRequest,
} from './read-request.js';
import type { Slack } from './slack.js';
import { runClose, runSubmit } from './submissions.js';
import type { Json } from './validate-rules.js';

type Read = (slack: Slack, query: Json) => unknown;
type Write = (slack: Slack, body: Json) => unknown;

const READS: Record<string, Read> = {
  state: (slack, query) => presentState(slack, needText(query, 'as')),
  history: (slack, query) =>
    readHistory(slack, needText(query, 'as'), {
      channel: needText(query, 'channel'),
      ...maybeText(query, 'thread_ts'),
      ...maybeText(query, 'before'),
    }),
  home: (slack, query) => ({ view: openHome(slack, needText(query, 'as')) }),
  views: (slack, query) => ({ stack: presentStack(slack, needText(query, 'as')) }),
  journal: (slack, query) => ({ entries: slack.journal.since(Number(query.since ?? 0)) }),
  'control/state': (slack) => ({
    ...slack.store.world,
    faults: slack.faults.list(),
    clock: presentClock(slack),
  }),
};

const WRITES: Record<string, Write> = {
  mark: (slack, body) => {
    markRead(slack, needText(body, 'as'), needText(body, 'channel'), needText(body, 'ts'));
    return { ok: true };
  },
  message: (slack, body) => ({
    ok: true,
    message: say(slack, {
      as: needText(body, 'as'),
      channel: needText(body, 'channel'),
      text: needText(body, 'text'),
      ...maybeText(body, 'thread_ts'),
      file_ids: listTexts(body, 'file_ids'),
    }),
  }),
  command: (slack, body) =>
    runCommand(slack, {
      as: needText(body, 'as'),
      channel: needText(body, 'channel'),
      command: needText(body, 'command'),
      text: needText(body, 'text'),
    }),
  shortcut: (slack, body) =>
    runShortcut(slack, {
      as: needText(body, 'as'),
      callback_id: needText(body, 'callback_id'),
      ...maybeText(body, 'channel'),
      ...maybeText(body, 'message_ts'),
    }),
  action: (slack, body) => runAction(slack, readAction(body)),
  options: (slack, body) =>
    runOptions(slack, {
      as: needText(body, 'as'),
      container: readContainer(body),
      block_id: needText(body, 'block_id'),
      action_id: needText(body, 'action_id'),
      value: needText(body, 'value'),
    }),
  submit: (slack, body) =>
    runSubmit(slack, { as: needText(body, 'as'), view_id: needText(body, 'view_id'), ...maybeState(body) }),
  close: (slack, body) =>
    runClose(slack, {
      as: needText(body, 'as'),
      view_id: needText(body, 'view_id'),
      all: body.all === true,
    }),
  clock: async (slack, body) => ({ clock: await moveClock(slack, readClock(body)) }),
  'control/reset': async (slack) => {
    await resetSandbox(slack);
    return { ok: true };
  },
  'control/faults': (slack, body) => {
    slack.faults.add(readFault(body));
    return { ok: true };
  },
  'control/faults/clear': (slack) => {
    slack.faults.clear();
    return { ok: true };
  },
  'control/redeliver': (slack, body) => redeliver(slack, { request_id: needText(body, 'request_id') }),
  'control/users': (slack, body) => ({ ok: true, user: upsertUser(slack, readUserRequest(body)) }),
  'control/channels': (slack, body) => {
    upsertChannel(slack, readChannelRequest(body));
    return { ok: true };
  },
};

async function uploadFile(slack: Slack, query: Json, request: IncomingMessage): Promise<unknown> {
  const mimetype = request.headers['content-type'];
  const content = await readBody(request);
  const name = needText(query, 'name');
  return { file: upload(slack, needText(query, 'as'), { name, content, ...(mimetype ? { mimetype } : {}) }) };
}

/** Answers a request under /sandbox/. */
export async function handleSandbox(
  slack: Slack,
  path: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = Object.fromEntries(url.searchParams);
  if (request.method === 'GET' && path === 'events') {
    const as = needUser(slack, needText(query, 'as')).id;
    slack.hub.open(as, response);
    slack.hub.send(as, { type: 'view_stack', stack: presentStack(slack, as) });
    return;
  }
  if (request.method === 'GET' && Object.hasOwn(READS, path)) {
    return sendJson(response, 200, await READS[path]?.(slack, query), { 'cache-control': 'no-store' });
  }
  if (request.method !== 'POST') throw new HttpError(404, 'not found');
  if (path === 'upload') return sendJson(response, 200, await uploadFile(slack, query, request));
  if (!Object.hasOwn(WRITES, path)) throw new HttpError(404, 'not found');
  sendJson(response, 200, await WRITES[path]?.(slack, await readJsonBody(request)));
}
