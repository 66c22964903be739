// Submitting and closing modals: what the client checks, view_submission with its four answers, view_closed.
import { checkInputs } from './check-inputs.js';
import { dispatch, refuse, toResult } from './dispatch.js';
import { overlayGiven, RefusedValue } from './given-values.js';
import { buildBase, toApiView } from './payloads.js';
import type { InteractionResult } from './protocol.js';
import type { CloseRequest, SubmitRequest } from './protocol-requests.js';
import { issueResponseUrl } from './response-urls.js';
import type { Slack } from './slack.js';
import { isObject, type Json } from './validate-rules.js';
import { validateView } from './validate-view.js';
import { listFields } from './view-state.js';
import {
  canPush,
  closeModal,
  findView,
  holdState,
  listStack,
  pushModal,
  tellStack,
  updateView,
} from './views.js';
import type { StoredView } from './world.js';

/** What Slack's client shows when a submission does not come through. */
const TROUBLE = 'We had some trouble connecting. Try again?';

/** Submits the top modal: client checks, then the app, then its response_action. */
export async function runSubmit(slack: Slack, request: SubmitRequest): Promise<InteractionResult> {
  const { as } = request;
  const view = listStack(slack, as).at(-1);
  if (!view || view.id !== request.view_id) return refuse('This form is no longer open.');
  if (view.submit_disabled === true) return refuse('submit is disabled');
  try {
    const values = overlayGiven(slack, as, view.blocks, view.state.values, request.state?.values ?? {});
    holdState(slack, view, { values });
  } catch (error) {
    if (error instanceof RefusedValue) return refuse(error.message);
    throw error;
  }
  const missing = checkInputs(view.blocks, view.state.values, slack.store.world.users[as]?.locale ?? 'en-US');
  if (Object.keys(missing).length > 0) {
    holdState(slack, view, { errors: missing });
    tellStack(slack, as);
    return refuse('Please check the fields.', missing);
  }
  grantFiles(slack, view);
  const payload = {
    ...buildBase(slack, 'view_submission', as, slack.triggers.create(as, view.id)),
    view: toApiView(view),
    response_urls: listResponseUrls(slack, view),
  };
  const name = view.callback_id || 'view_submission';
  const dispatched = await dispatch(slack, {
    kind: 'interactive',
    name,
    user: as,
    payload,
    acceptsBody: true,
  });
  const result = toResult(dispatched);
  if (!result.ok) return { ...result, message: TROUBLE };
  const outcome = applyAnswer(slack, findView(slack, view.id) ?? view, dispatched.answer.body);
  if (outcome.status === 'error') {
    const summary = outcome.message ?? 'refused';
    slack.journal.add({
      kind: 'ack',
      name,
      user: as,
      status: 'error',
      summary,
      request_id: result.request_id,
    });
  }
  return { ...result, ...outcome };
}

function grantFiles(slack: Slack, view: StoredView): void {
  for (const { blockId, actionId } of listFields(view.blocks)) {
    for (const { id } of view.state.values[blockId]?.[actionId]?.files ?? []) {
      const file = slack.store.world.files[id];
      if (file) file.granted = true;
    }
  }
}

function listResponseUrls(slack: Slack, view: StoredView): Json[] {
  return listFields(view.blocks).flatMap(({ blockId, actionId, element }) => {
    const held = view.state.values[blockId]?.[actionId];
    const channel = held?.selected_conversation ?? held?.selected_channel;
    if (element.response_url_enabled !== true || !channel) return [];
    const url = issueResponseUrl(slack, { user: view.user, channel });
    return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url: url }];
  });
}

type Outcome = Partial<Pick<InteractionResult, 'ok' | 'status' | 'errors' | 'message'>>;

function applyAnswer(slack: Slack, view: StoredView, body: unknown): Outcome {
  if (
    body === undefined ||
    body === null ||
    body === '' ||
    (isObject(body) && body.response_action === undefined)
  ) {
    closeModal(slack, view, false);
    return {};
  }
  if (!isObject(body)) return complain('the acknowledgement is not an object');
  switch (body.response_action) {
    case 'errors':
      return applyErrors(slack, view, body.errors);
    case 'clear':
      closeModal(slack, view, true);
      return {};
    case 'update':
    case 'push': {
      const issues = validateView(body.view);
      const first = issues[0];
      if (first || !isObject(body.view))
        return complain(`${first?.message} [json-pointer:${first?.pointer}]`);
      if (body.view.type !== 'modal') return complain('a home view cannot answer a submission');
      if (body.response_action === 'update') updateView(slack, view, body.view);
      else if (canPush(slack, view.user)) pushModal(slack, view.user, body.view);
      else return complain('push_limit_reached');
      return {};
    }
    default:
      return complain(`unknown response_action: ${String(body.response_action)}`);
  }
}

function applyErrors(slack: Slack, view: StoredView, given: unknown): Outcome {
  if (!isObject(given) || Object.keys(given).length === 0)
    return complain('errors must name at least one block');
  const errors: Record<string, string> = {};
  for (const [blockId, text] of Object.entries(given)) {
    const block = view.blocks.find((entry) => entry.block_id === blockId);
    if (block?.type !== 'input') return complain(`errors name a block that is not an input: ${blockId}`);
    if (typeof text !== 'string' || text === '') return complain(`the error of ${blockId} is not a text`);
    errors[blockId] = text;
  }
  holdState(slack, view, { errors });
  tellStack(slack, view.user);
  return { ok: false, errors };
}

/** The app acknowledged with something Slack refuses: the person sees trouble, the journal says why. */
function complain(why: string): Outcome {
  return { ok: false, status: 'error', message: `${TROUBLE} (${why})` };
}

/** Closes a modal by the person's hand; the app hears of it when the view asked for it. */
export async function runClose(slack: Slack, request: CloseRequest): Promise<InteractionResult> {
  const view = findView(slack, request.view_id);
  if (!view || view.user !== request.as || view.type !== 'modal')
    return refuse('This form is no longer open.');
  const all = request.all === true || view.clear_on_close;
  const closed = closeModal(slack, view, all).filter((entry) => entry.notify_on_close);
  let result: InteractionResult = { ok: true, request_id: '', status: 'acked', ms: 0 };
  for (const entry of closed.reverse()) {
    const payload = {
      ...buildBase(slack, 'view_closed', request.as),
      view: toApiView(entry),
      is_cleared: all,
    };
    const name = entry.callback_id || 'view_closed';
    result = toResult(
      await dispatch(slack, { kind: 'interactive', name, user: request.as, payload, acceptsBody: false }),
    );
  }
  return result;
}
