// The contract between the sandbox server and its page (and its tests): types only, no code.
// The page imports this file with `import type`; nothing here may import Node or the server.

/** Any Block Kit block as Slack stores it; block_id (and action_ids inside) are always filled in. */
export interface Block {
  type: string;
  block_id: string;
  [field: string]: unknown;
}

export type Locale = 'zh-CN' | 'en-US';

export interface User {
  id: string;
  name: string;
  real_name: string;
  /** Made from id and workspace where it is left out. */
  email?: string;
  locale: Locale;
  tz: string;
  is_admin: boolean;
  is_bot: boolean;
  /** Deactivated by an admin of the workspace. */
  deleted?: boolean;
  title: string;
  /** Six hex digits without '#'. */
  color: string;
}

export interface Channel {
  id: string;
  /** For a direct message: the peer's user id. */
  name: string;
  is_im: boolean;
  is_private: boolean;
  /** The other person of a direct message, seen from `as`. */
  user?: string;
  members: string[];
  unread: number;
  mention: boolean;
  /** ts of the newest message that this person has seen. */
  last_read: string;
}

export interface Command {
  command: string;
  description: string;
  usage_hint: string;
}

export interface Shortcut {
  callback_id: string;
  name: string;
  type: 'global' | 'message';
}

export interface Clock {
  /** What the app believes the time is. */
  now: string;
  offsetMs: number;
  /** False when the sandbox was started without a clock file. */
  canMove: boolean;
  /** True while days are being played one by one. */
  moving: boolean;
}

export interface AppInfo {
  id: string;
  name: string;
  bot_user_id: string;
  connected: boolean;
  transport: 'socket' | 'http';
}

export interface State {
  me: User;
  team: { id: string; name: string };
  users: User[];
  channels: Channel[];
  /** Public channels that the person has not joined: they may be named and chosen. */
  otherChannels: Channel[];
  commands: Command[];
  shortcuts: Shortcut[];
  clock: Clock;
  app: AppInfo;
}

export interface File {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  filetype: string;
  size: number;
  user: string;
  /** Seconds since the epoch. */
  created: number;
  url_private: string;
  permalink: string;
}

export interface Message {
  /** Of real time, as all that the API tells. */
  ts: string;
  /** Milliseconds of the app's clock when it was posted: the page shows this; the API does not have it. */
  posted_at: number;
  user?: string;
  bot_id?: string;
  username?: string;
  text: string;
  blocks?: Block[];
  thread_ts?: string;
  reply_count?: number;
  latest_reply?: string;
  /** Milliseconds of the app's clock, for the page alone. */
  latest_reply_at?: number;
  /** A reply that stands in the channel too. */
  broadcast?: boolean;
  edited?: { user: string; ts: string };
  files?: File[];
  /** True only for its one reader, who is the only one to receive it. */
  ephemeral?: boolean;
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
}

export interface History {
  /** Oldest first. */
  messages: Message[];
  hasMore: boolean;
}

export interface PlainText {
  type: 'plain_text';
  text: string;
  emoji?: boolean;
}

export interface OptionObject {
  text: { type: 'plain_text' | 'mrkdwn'; text: string; emoji?: boolean };
  value?: string;
  description?: PlainText;
  url?: string;
}

export interface OptionGroup {
  label: PlainText;
  options: OptionObject[];
}

/** One element's value in `state.values[block_id][action_id]`, in Slack's shape for its type. */
export interface StateValue {
  type: string;
  value?: string | null;
  selected_option?: OptionObject | null;
  selected_options?: OptionObject[];
  selected_date?: string | null;
  selected_time?: string | null;
  timezone?: string;
  selected_date_time?: number | null;
  selected_user?: string | null;
  selected_users?: string[];
  selected_conversation?: string | null;
  selected_conversations?: string[];
  selected_channel?: string | null;
  selected_channels?: string[];
  rich_text_value?: Block | null;
  files?: File[];
}

export type StateValues = Record<string, Record<string, StateValue>>;

/**
 * What a person may send for one element: Slack's shape, or only the bare value
 * (text, option value, date, user id; a list for multiple choices; file ids for a file_input; null to empty it).
 */
export type GivenValue = Partial<StateValue> | string | number | null | string[];
export type GivenValues = Record<string, Record<string, GivenValue>>;

export interface View {
  id: string;
  team_id: string;
  type: 'modal' | 'home';
  title?: PlainText;
  submit?: PlainText | null;
  close?: PlainText | null;
  blocks: Block[];
  private_metadata: string;
  callback_id: string;
  external_id: string;
  state: { values: StateValues };
  hash: string;
  clear_on_close: boolean;
  notify_on_close: boolean;
  submit_disabled?: boolean;
  root_view_id: string;
  previous_view_id: string | null;
  app_id: string;
  bot_id: string;
  /** Sandbox only: field errors to show, by block_id. */
  errors?: Record<string, string>;
}

export type Container =
  | { type: 'message'; channel: string; ts: string; ephemeral?: boolean }
  | { type: 'view'; view_id: string };

/** The clicked element; the value parts are those of StateValue, plus a button's `value`. */
export interface GivenAction extends Partial<StateValue> {
  block_id: string;
  action_id: string;
}

export interface InteractionResult {
  ok: boolean;
  request_id: string;
  status: 'acked' | 'timeout' | 'error';
  /** Milliseconds from sending the request to the app's acknowledgement. */
  ms: number;
  /** Field errors by block_id (view submissions). */
  errors?: Record<string, string>;
  /** What the person is shown when it went wrong. */
  message?: string;
}

export interface OptionsResult extends InteractionResult {
  options?: OptionObject[];
  option_groups?: OptionGroup[];
}

export interface JournalEntry {
  n: number;
  /** ISO instant, real time. */
  at: string;
  /** request and ack: sandbox ⇄ app interactions; call: Web API; event: Events API. */
  kind: 'request' | 'ack' | 'call' | 'event';
  name: string;
  user?: string;
  ms?: number;
  status: string;
  summary: string;
  /** For `request` and `event`: what /sandbox/control/redeliver takes. */
  request_id?: string;
}

/** One `data:` line of GET /sandbox/events?as=U. */
export type SandboxEvent =
  | { type: 'message'; channel: string; message: Message }
  | { type: 'message_changed'; channel: string; message: Message }
  | { type: 'message_deleted'; channel: string; ts: string }
  | { type: 'ephemeral'; channel: string; message: Message }
  | { type: 'ephemeral_changed'; channel: string; message: Message }
  | { type: 'ephemeral_deleted'; channel: string; ts: string }
  | { type: 'view_stack'; stack: View[] }
  | { type: 'home'; view: View | null }
  | { type: 'unread'; channel: string; unread: number; mention: boolean; last_read: string }
  | { type: 'clock'; clock: Clock }
  | { type: 'app'; app: AppInfo }
  | { type: 'journal'; entry: JournalEntry }
  | { type: 'channel'; channel: Channel }
  | { type: 'user'; user: User }
  | { type: 'reset' }
  | { type: 'toast'; level: 'info' | 'error'; text: string };
