// Bodies of the requests that the page and the tests send to the sandbox server: types only, no code.
import type { Container, GivenAction, GivenValues, User } from './protocol.js';

/** POST /sandbox/message → { ok, message }; `channel` may be the bot's user id, which opens the direct message. */
export interface MessageRequest {
  as: string;
  channel: string;
  text: string;
  thread_ts?: string;
  file_ids?: string[];
}

/** POST /sandbox/command → InteractionResult */
export interface CommandRequest {
  as: string;
  channel: string;
  command: string;
  text: string;
}

/** POST /sandbox/shortcut → InteractionResult; channel and message_ts for a message shortcut. */
export interface ShortcutRequest {
  as: string;
  callback_id: string;
  channel?: string;
  message_ts?: string;
}

/** POST /sandbox/action → InteractionResult */
export interface ActionRequest {
  as: string;
  container: Container;
  action: GivenAction;
  state?: { values: GivenValues };
}

/** POST /sandbox/options → OptionsResult */
export interface OptionsRequest {
  as: string;
  container: Container;
  block_id: string;
  action_id: string;
  value: string;
}

/** POST /sandbox/submit → InteractionResult */
export interface SubmitRequest {
  as: string;
  view_id: string;
  state?: { values: GivenValues };
}

/** POST /sandbox/close → InteractionResult; `all` closes the whole stack. */
export interface CloseRequest {
  as: string;
  view_id: string;
  all?: boolean;
}

/** POST /sandbox/clock → { clock }; days are played one morning at a time, so it may take a while. */
export interface ClockRequest {
  advance?: { minutes?: number; hours?: number; days?: number };
  set?: string;
  reset?: true;
}

/** POST /sandbox/control/faults → { ok }; `method` is a Web API method or '*'. `…/faults/clear` takes all of them back. */
export interface FaultRequest {
  method: string;
  error?: string;
  status?: number;
  /** Seconds; the call answers 429 with this Retry-After. */
  retry_after?: number;
  delay_ms?: number;
  /** The call takes effect, then the connection dies without an answer. */
  lost_response?: true;
  times: number;
}

/** POST /sandbox/control/redeliver → InteractionResult */
export interface RedeliverRequest {
  request_id: string;
}

/** POST /sandbox/control/users: created, or changed where given (the app is told user_change). */
export type UserRequest = { id: string } & Partial<Omit<User, 'id'>>;

/** POST /sandbox/control/channels: created, or changed where given; `invite` adds members. */
export interface ChannelRequest {
  id: string;
  name?: string;
  is_private?: boolean;
  invite?: string[];
}
