// Clicks and choices: block_actions for messages and views, and requests for the options of external selects.
import { type Found, findContainer, findElement } from './containers.js';
import { dispatch, refuse, toResult } from './dispatch.js';
import { offeredKey, overlayGiven, RefusedValue, readGiven } from './given-values.js';
import { toApiMessage } from './messages.js';
import { buildBase, nameChannel, toApiView } from './payloads.js';
import type { GivenAction, InteractionResult, OptionObject, OptionsResult, StateValues } from './protocol.js';
import type { ActionRequest, OptionsRequest } from './protocol-requests.js';
import { issueResponseUrl } from './response-urls.js';
import type { Slack } from './slack.js';
import { optionsAnswer } from './validate-objects.js';
import { countCodePoints, isObject, type Json, objectsIn, runRule } from './validate-rules.js';
import { collectValues, listOptions, STATEFUL } from './view-state.js';
import { holdState } from './views.js';

function buildAction(slack: Slack, as: string, element: Json, given: GivenAction): Json {
  const base = {
    type: element.type,
    action_id: given.action_id,
    block_id: given.block_id,
    action_ts: String(Date.now() / 1000),
  };
  if (element.type === 'button') {
    const { text, value, url, style } = element;
    return { ...base, text, value, url, style };
  }
  if (element.type === 'overflow') {
    const wanted = isObject(given.selected_option) ? given.selected_option.value : given.value;
    const option = listOptions(element).find((entry) => entry.value === wanted);
    if (!option) throw new RefusedValue(`not among the options: ${String(wanted)}`);
    return { ...base, selected_option: option };
  }
  const key = STATEFUL[String(element.type)]?.key;
  const value = (key && given[key]) ?? given.value;
  const state = readGiven(slack, as, given.block_id, element, isObject(value) ? given : normalise(value));
  return { ...state, ...base };
}

function normalise(value: unknown): string | number | null | string[] {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (!Array.isArray(value)) return null;
  return value.flatMap((entry) => {
    const id: unknown = isObject(entry) ? (entry.value ?? entry.id) : entry;
    return typeof id === 'string' ? [id] : [];
  });
}

function buildContainer(slack: Slack, as: string, found: Found, values: StateValues): Json {
  if (found.type === 'view') {
    return { container: { type: 'view', view_id: found.view.id }, view: toApiView(found.view) };
  }
  const { channel, message } = found;
  const ephemeral = message.only_for !== undefined;
  // Only what stands in a thread is answered there; a message with replies is answered below it in the channel.
  const inThread = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral,
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    channel: nameChannel(channel),
    ...(ephemeral ? {} : { message: toApiMessage(slack, message) }),
    state: { values },
    response_url: issueResponseUrl(slack, {
      user: as,
      channel: channel.id,
      original: { ts: message.ts, ephemeral },
      ...(inThread ? { thread_ts: message.thread_ts } : {}),
    }),
  };
}

/** Delivers a click or a choice to the app; an input that does not dispatch only keeps its value. */
export async function runAction(slack: Slack, request: ActionRequest): Promise<InteractionResult> {
  const { as, action } = request;
  const found = findContainer(slack, as, request.container);
  if (!found) return refuse('message_not_found');
  const hit = findElement(found.blocks, action.block_id, action.action_id);
  if (!hit) return refuse('no such element');
  let values: StateValues;
  let sent: Json;
  try {
    const held = found.type === 'view' ? found.view.state.values : collectValues(found.blocks);
    values = overlayGiven(slack, as, found.blocks, held, request.state?.values ?? {});
    sent = buildAction(slack, as, hit.element, action);
    const { action_id: _a, block_id: _b, action_ts: _t, ...state } = sent;
    if (Object.hasOwn(STATEFUL, String(hit.element.type))) {
      values[action.block_id] = { ...values[action.block_id], [action.action_id]: { type: '', ...state } };
    }
  } catch (error) {
    if (error instanceof RefusedValue) return refuse(error.message);
    throw error;
  }
  if (found.type === 'view') holdState(slack, found.view, { values });
  if (hit.block.type === 'input' && hit.block.dispatch_action !== true) {
    return { ok: true, request_id: '', status: 'acked', ms: 0 };
  }
  const trigger = slack.triggers.create(as, found.type === 'view' ? found.view.id : undefined);
  const payload = {
    ...buildBase(slack, 'block_actions', as, trigger),
    ...buildContainer(slack, as, found, values),
    actions: [sent],
  };
  const name = action.action_id;
  const dispatched = await dispatch(slack, {
    kind: 'interactive',
    name,
    user: as,
    payload,
    acceptsBody: false,
  });
  const result = toResult(dispatched);
  if (!result.ok) slack.hub.send(as, { type: 'toast', level: 'error', text: result.message ?? 'error' });
  return result;
}

/** Asks the app for the options of an external select. The request carries no typed values, as in Slack. */
export async function runOptions(slack: Slack, request: OptionsRequest): Promise<OptionsResult> {
  const { as, block_id: blockId, action_id: actionId, value } = request;
  const found = findContainer(slack, as, request.container);
  const hit = found && findElement(found.blocks, blockId, actionId);
  if (!found || !hit) return refuse('no such element');
  if (!String(hit.element.type).endsWith('external_select')) return refuse('not an external select');
  const least = typeof hit.element.min_query_length === 'number' ? hit.element.min_query_length : 3;
  if (countCodePoints(value) < least)
    return { ok: true, request_id: '', status: 'acked', ms: 0, options: [] };
  const { response_url: _url, state: _state, ...container } = buildContainer(slack, as, found, {});
  if (isObject(container.view)) container.view = { ...container.view, state: { values: {} } };
  const dispatched = await dispatch(slack, {
    kind: 'interactive',
    name: `${actionId} (options)`,
    user: as,
    acceptsBody: true,
    payload: {
      ...buildBase(slack, 'block_suggestion', as),
      ...container,
      block_id: blockId,
      action_id: actionId,
      value,
    },
  });
  const result = toResult(dispatched);
  if (!result.ok) return result;
  const body = isObject(dispatched.answer.body) ? dispatched.answer.body : undefined;
  const issues = runRule(optionsAnswer, body ?? {}, '');
  if (!body || issues.length > 0) {
    const why = issues.map((issue) => `${issue.message} [${issue.pointer}]`).join('; ');
    return { ...result, ok: false, status: 'error', message: `invalid options: ${why}` };
  }
  const offered = offerOptions(slack, offeredKey(as, blockId, actionId), body);
  return { ...result, ...offered };
}

function offerOptions(
  slack: Slack,
  key: string,
  body: Json,
): Pick<OptionsResult, 'options' | 'option_groups'> {
  // Already validated against optionsAnswer, so the shapes hold.
  const toOption = (option: Json): OptionObject => ({
    ...option,
    text: { type: 'plain_text', text: '', ...toJson(option.text) },
  });
  const options = objectsIn(body.options).map(toOption);
  const groups = objectsIn(body.option_groups).map((group) => ({
    label: { type: 'plain_text' as const, text: String(toJson(group.label).text) },
    options: objectsIn(group.options).map(toOption),
  }));
  const before = slack.offered.get(key) ?? [];
  slack.offered.set(key, [...options, ...groups.flatMap((group) => group.options), ...before].slice(0, 500));
  return body.option_groups === undefined ? { options } : { option_groups: groups };
}

function toJson(value: unknown): Json {
  return isObject(value) ? value : {};
}
