// Slash commands and shortcuts: from the person's keystroke to the app's acknowledgement.
import { dispatch, refuse, toResult } from './dispatch.js';
import { findMessage, postEphemeral, toApiMessage } from './messages.js';
import { buildBase, nameChannel } from './payloads.js';
import { findChannel, isMember, openDirectMessage } from './people.js';
import type { InteractionResult } from './protocol.js';
import type { CommandRequest, ShortcutRequest } from './protocol-requests.js';
import { answerWith, issueResponseUrl } from './response-urls.js';
import type { Slack } from './slack.js';
import { APP, SLACKBOT, type StoredChannel } from './world.js';

/** The conversation a person writes in; the bot's user id stands for their direct message with the app. */
export function resolveChannel(slack: Slack, as: string, id: string): StoredChannel | undefined {
  const channel = id === APP.user ? openDirectMessage(slack, as).channel : findChannel(slack, id);
  return channel && isMember(channel, as) ? channel : undefined;
}

/** Runs a slash command; without an acknowledgement in 3 s the person sees operation_timeout. */
export async function runCommand(slack: Slack, request: CommandRequest): Promise<InteractionResult> {
  const { as, command, text } = request;
  const { team, users } = slack.store.world;
  const channel = resolveChannel(slack, as, request.channel);
  if (!channel) return refuse('channel_not_found');
  const known = slack.options.manifest.features?.slash_commands?.some((entry) => entry.command === command);
  if (!known) return refuse(`${command} is not a valid command.`);
  const { id, name } = nameChannel(channel);
  const dispatched = await dispatch(slack, {
    kind: 'slash_commands',
    name: command,
    user: as,
    acceptsBody: true,
    payload: {
      token: 'sandbox-verification-token',
      team_id: team.id,
      team_domain: team.domain,
      channel_id: id,
      channel_name: name,
      user_id: as,
      user_name: users[as]?.name ?? as,
      command,
      text,
      api_app_id: APP.id,
      is_enterprise_install: 'false',
      response_url: issueResponseUrl(slack, { user: as, channel: id }),
      trigger_id: slack.triggers.create(as),
    },
  });
  const { answer } = dispatched;
  const result = toResult(dispatched);
  if (answer.status !== 'acked') return failCommand(slack, request, id, result);
  if (answer.body === undefined || answer.body === null || answer.body === '') return result;
  const body = typeof answer.body === 'string' ? { text: answer.body } : answer.body;
  const entry = { user: as, channel: id, created: Date.now(), uses: 0 };
  const error = answerWith(slack, entry, body);
  // An empty object is how Bolt acknowledges with nothing to say.
  if (error === undefined || (error === 'no_text' && Object.keys(body).length === 0)) return result;
  return failCommand(slack, request, id, { ...result, ok: false, status: 'error', message: error });
}

function failCommand(
  slack: Slack,
  { as, command }: CommandRequest,
  channel: string,
  result: InteractionResult,
): InteractionResult {
  const text = `${command} failed with the error "${result.message ?? 'dispatch_failed'}"`;
  postEphemeral(slack, { channel, user: SLACKBOT.user, username: SLACKBOT.name, text, only_for: as });
  return { ...result, message: text };
}

/** Runs a global shortcut, or a message shortcut when a message is given. */
export async function runShortcut(slack: Slack, request: ShortcutRequest): Promise<InteractionResult> {
  const { as, callback_id: callbackId } = request;
  const shortcut = slack.options.manifest.features?.shortcuts?.find(
    (entry) => entry.callback_id === callbackId,
  );
  if (!shortcut) return refuse('unknown shortcut');
  const trigger = slack.triggers.create(as);
  const base = {
    ...buildBase(slack, shortcut.type === 'global' ? 'shortcut' : 'message_action', as, trigger),
    callback_id: callbackId,
    action_ts: String(Date.now() / 1000),
  };
  const send = { kind: 'interactive' as const, name: callbackId, user: as, acceptsBody: false };
  if (shortcut.type === 'global') return toResult(await dispatch(slack, { ...send, payload: base }));
  const channel = resolveChannel(slack, as, request.channel ?? '');
  const message = channel && findMessage(slack, channel.id, request.message_ts ?? '');
  if (!channel || !message) return refuse('message_not_found');
  const payload = {
    ...base,
    channel: nameChannel(channel),
    message: toApiMessage(slack, message),
    message_ts: message.ts,
    response_url: issueResponseUrl(slack, { user: as, channel: channel.id }),
  };
  return toResult(await dispatch(slack, { ...send, payload }));
}
