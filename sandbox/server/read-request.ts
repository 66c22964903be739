// Reads the JSON bodies of the page and of tests into typed requests; anything malformed is refused with HTTP 400.
import { HttpError } from './http.js';
import type { Container, GivenAction, GivenValue, GivenValues, StateValue } from './protocol.js';
import type {
  ActionRequest,
  ChannelRequest,
  ClockRequest,
  FaultRequest,
  UserRequest,
} from './protocol-requests.js';
import { isObject, type Json } from './validate-rules.js';

/** A required text. */
export function needText(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new HttpError(400, `${name}: a text is needed`);
  return value;
}

/** `{ [name]: text }` when present, for optional fields. */
export function maybeText<Name extends string>(body: Json, name: Name): { [key in Name]?: string } {
  const value = body[name];
  const found: { [key in Name]?: string } = {};
  if (typeof value === 'string') Object.assign(found, { [name]: value });
  return found;
}

/** A list of texts; absent is empty. */
export function listTexts(body: Json, name: string): string[] {
  const value = body[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** Where the clicked element stands. */
export function readContainer(body: Json): Container {
  const given = body.container;
  if (!isObject(given)) throw new HttpError(400, 'container: an object is needed');
  if (given.type === 'view') return { type: 'view', view_id: needText(given, 'view_id') };
  return { type: 'message', channel: needText(given, 'channel'), ts: needText(given, 'ts') };
}

function readGivenValue(value: unknown): GivenValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === 'string');
  const given: Partial<StateValue> = {};
  return isObject(value) ? Object.assign(given, value) : null;
}

/** `{ state }` when values were sent. */
export function maybeState(body: Json): { state?: { values: GivenValues } } {
  if (!isObject(body.state) || !isObject(body.state.values)) return {};
  const values: GivenValues = {};
  for (const [blockId, actions] of Object.entries(body.state.values)) {
    if (!isObject(actions)) throw new HttpError(400, `state.values.${blockId}: an object is needed`);
    const ofBlock: Record<string, GivenValue> = {};
    for (const [actionId, value] of Object.entries(actions)) ofBlock[actionId] = readGivenValue(value);
    values[blockId] = ofBlock;
  }
  return { state: { values } };
}

/** A click or choice. */
export function readAction(body: Json): ActionRequest {
  if (!isObject(body.action)) throw new HttpError(400, 'action: an object is needed');
  const action: GivenAction = {
    ...body.action,
    block_id: needText(body.action, 'block_id'),
    action_id: needText(body.action, 'action_id'),
  };
  return { as: needText(body, 'as'), container: readContainer(body), action, ...maybeState(body) };
}

/** A move of the clock. */
export function readClock(body: Json): ClockRequest {
  const { advance } = body;
  return {
    ...(body.reset === true ? { reset: true as const } : {}),
    ...maybeText(body, 'set'),
    ...(isObject(advance)
      ? {
          advance: {
            minutes: Number(advance.minutes ?? 0),
            hours: Number(advance.hours ?? 0),
            days: Number(advance.days ?? 0),
          },
        }
      : {}),
  };
}

/** An ordered fault. */
export function readFault(body: Json): FaultRequest {
  const numbers: Partial<Pick<FaultRequest, 'status' | 'retry_after' | 'delay_ms'>> = {};
  for (const name of ['status', 'retry_after', 'delay_ms'] as const) {
    const value = body[name];
    if (typeof value === 'number') numbers[name] = value;
  }
  return {
    method: needText(body, 'method'),
    times: typeof body.times === 'number' ? body.times : 1,
    ...maybeText(body, 'error'),
    ...numbers,
    ...(body.lost_response === true ? { lost_response: true as const } : {}),
  };
}

/** A person to create or change. */
export function readUserRequest(body: Json): UserRequest {
  const { locale } = body;
  return {
    id: needText(body, 'id'),
    ...maybeText(body, 'name'),
    ...maybeText(body, 'real_name'),
    ...maybeText(body, 'email'),
    ...maybeText(body, 'tz'),
    ...maybeText(body, 'title'),
    ...maybeText(body, 'color'),
    ...(locale === 'zh-CN' || locale === 'en-US' ? { locale } : {}),
    ...(typeof body.is_admin === 'boolean' ? { is_admin: body.is_admin } : {}),
    // They have left: the app hears user_change, and nobody can choose them any more.
    ...(typeof body.deleted === 'boolean' ? { deleted: body.deleted } : {}),
  };
}

/** A channel to create or change. */
export function readChannelRequest(body: Json): ChannelRequest {
  return {
    id: needText(body, 'id'),
    ...maybeText(body, 'name'),
    ...(typeof body.is_private === 'boolean' ? { is_private: body.is_private } : {}),
    invite: listTexts(body, 'invite'),
  };
}
