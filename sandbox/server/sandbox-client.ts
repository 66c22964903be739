// Typed helpers for tests in the same process: what a person does and sees, faults, journal, waiting.
import { setTimeout as sleep } from 'node:timers/promises';
import { moveClock, presentClock } from './clock.js';
import { runCommand, runShortcut } from './commands.js';
import { redeliver, resetSandbox, upsertChannel, upsertUser } from './control.js';
import { runAction, runOptions } from './interactions.js';
import { presentMessage } from './messages.js';
import { presentView } from './payloads.js';
import { markRead, openDirectMessage } from './people.js';
import { openHome, presentStack, presentState, readHistory, say, upload } from './person.js';
import type {
  Block,
  Clock,
  Container,
  File,
  GivenAction,
  GivenValue,
  GivenValues,
  InteractionResult,
  JournalEntry,
  Message,
  OptionsResult,
  SandboxEvent,
  State,
  User,
  View,
} from './protocol.js';
import type {
  ActionRequest,
  ChannelRequest,
  ClockRequest,
  FaultRequest,
  OptionsRequest,
  UserRequest,
} from './protocol-requests.js';
import type { Slack } from './slack.js';
import { runClose, runSubmit } from './submissions.js';
import { elementsOf } from './validate-blocks.js';
import { isObject } from './validate-rules.js';
import { listFields } from './view-state.js';

const WAIT_MS = 5_000;

/** A message (with its channel) or a view that somebody clicks in. */
export type Target = { channel: string; message: Message } | View;

export interface SandboxClient {
  /** Waits until the app is connected; throws after `timeoutMs` (10 s). */
  connected(timeoutMs?: number): Promise<void>;
  command(as: string, command: string, text?: string, channel?: string): Promise<InteractionResult>;
  shortcut(
    as: string,
    callbackId: string,
    on?: { channel: string; message: Message },
  ): Promise<InteractionResult>;
  /** A raw click, for what the page would never send. */
  act(request: ActionRequest): Promise<InteractionResult>;
  /** Clicks the element with this action_id (the first, or that of `block_id`), with its value if it needs one. */
  click(
    as: string,
    target: Target,
    actionId: string,
    given?: Partial<GivenAction>,
  ): Promise<InteractionResult>;
  options(request: OptionsRequest): Promise<OptionsResult>;
  /** Submits the top modal; `values` by action_id, or by block_id and action_id. */
  submit(as: string, values?: Record<string, GivenValue> | GivenValues): Promise<InteractionResult>;
  /** Closes the top modal, or all of them. */
  dismiss(as: string, all?: boolean): Promise<InteractionResult>;
  say(as: string, channel: string, text: string, more?: { thread_ts?: string; file_ids?: string[] }): Message;
  upload(as: string, name: string, content: Buffer | string): File;
  mark(as: string, channel: string, ts: string): void;
  /** What everybody in a channel sees, threads included, oldest first. */
  messages(channel: string): Message[];
  /** What one person sees in a channel or thread, ephemeral messages included. */
  history(as: string, channel: string, threadTs?: string): Message[];
  /** The id of a person's direct message with the app. */
  dm(user: string): string;
  home(user: string): View | null;
  /** Opens a person's Home: the app is told. */
  openHome(user: string): View | null;
  /** The open modals of a person, bottom first. */
  views(user: string): View[];
  state(user: string): State;
  faults: { add(rule: FaultRequest): void; list(): FaultRequest[]; clear(): void };
  journal(since?: number): JournalEntry[];
  redeliver(requestId: string): Promise<InteractionResult>;
  reset(): Promise<void>;
  upsertUser(request: UserRequest): User;
  upsertChannel(request: ChannelRequest): void;
  clock: { read(): Clock; move(request: ClockRequest): Promise<Clock> };
  /** Hears the events of one person (or everybody's); returns the way to stop. */
  listen(user: string | undefined, listener: (event: SandboxEvent) => void): () => void;
  /** Waits until `read` returns something other than undefined, false or an empty list. */
  waitFor<T>(read: () => T | undefined | false, timeoutMs?: number, what?: string): Promise<T>;
}

function locate(
  target: Target,
  actionId: string,
  blockId?: string,
): { container: Container; block_id: string } {
  const isMessage = 'message' in target;
  const blocks: Block[] = isMessage ? (target.message.blocks ?? []) : target.blocks;
  const block = blocks.find(
    (entry) =>
      (blockId === undefined || entry.block_id === blockId) &&
      elementsOf(entry).some(({ element }) => element.action_id === actionId),
  );
  if (!block)
    throw new Error(`nothing to click: ${actionId} in ${JSON.stringify(blocks.map((b) => b.block_id))}`);
  const container: Container = isMessage
    ? { type: 'message', channel: target.channel, ts: target.message.ts }
    : { type: 'view', view_id: target.id };
  return { container, block_id: block.block_id };
}

function nestValues(view: View | undefined, given: Record<string, GivenValue> | GivenValues): GivenValues {
  const fields = listFields(view?.blocks ?? []);
  const values: GivenValues = {};
  for (const [key, value] of Object.entries(given)) {
    const field = fields.find((entry) => entry.actionId === key);
    if (field) values[field.blockId] = { ...values[field.blockId], [key]: value };
    else if (isNested(value)) values[key] = { ...values[key], ...value };
    else throw new Error(`no input ${key} among ${fields.map((entry) => entry.actionId).join(', ')}`);
  }
  return values;
}

function isNested(value: unknown): value is Record<string, GivenValue> {
  return isObject(value);
}

/** The helpers of one sandbox. */
export function createSandboxClient(slack: Slack): SandboxClient {
  const waitFor: SandboxClient['waitFor'] = async (
    read,
    timeoutMs = WAIT_MS,
    what = 'what was waited for',
  ) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = read();
      if (found !== undefined && found !== false && !(Array.isArray(found) && found.length === 0))
        return found;
      if (Date.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs} ms`);
      await sleep(3);
    }
  };
  const dm = (user: string) => openDirectMessage(slack, user).channel.id;
  const top = (user: string) => presentStack(slack, user).at(-1);
  return {
    waitFor,
    dm,
    async connected(timeoutMs = 10_000) {
      await waitFor(() => slack.transport.connected(), timeoutMs, 'the connection of the app');
    },
    command: (as, command, text = '', channel = dm(as)) => runCommand(slack, { as, command, text, channel }),
    shortcut: (as, callbackId, on) =>
      runShortcut(slack, {
        as,
        callback_id: callbackId,
        ...(on ? { channel: on.channel, message_ts: on.message.ts } : {}),
      }),
    act: (request) => runAction(slack, request),
    click(as, target, actionId, given = {}) {
      const { container, block_id } = locate(target, actionId, given.block_id);
      return runAction(slack, { as, container, action: { ...given, block_id, action_id: actionId } });
    },
    options: (request) => runOptions(slack, request),
    submit(as, values = {}) {
      const view = top(as);
      return runSubmit(slack, { as, view_id: view?.id ?? '', state: { values: nestValues(view, values) } });
    },
    dismiss: (as, all = false) => runClose(slack, { as, view_id: top(as)?.id ?? '', all }),
    say: (as, channel, text, more = {}) => say(slack, { as, channel, text, ...more }),
    upload: (as, name, content) => upload(slack, as, { name, content: Buffer.from(content) }),
    mark: (as, channel, ts) => markRead(slack, as, channel, ts),
    messages: (channel) =>
      (slack.store.world.messages[channel] ?? []).map((message) => presentMessage(slack, message)),
    history: (as, channel, threadTs) =>
      readHistory(slack, as, { channel, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) })
        .messages,
    home(user) {
      const view = slack.store.world.homes[user];
      return view ? presentView(view) : null;
    },
    openHome: (user) => openHome(slack, user),
    views: (user) => presentStack(slack, user),
    state: (user) => presentState(slack, user),
    faults: slack.faults,
    journal: (since = 0) => slack.journal.since(since),
    redeliver: (requestId) => redeliver(slack, { request_id: requestId }),
    reset: () => resetSandbox(slack),
    upsertUser: (request) => upsertUser(slack, request),
    upsertChannel: (request) => upsertChannel(slack, request),
    clock: { read: () => presentClock(slack), move: (request) => moveClock(slack, request) },
    listen: (user, listener) => slack.hub.listen(user, listener),
  };
}
