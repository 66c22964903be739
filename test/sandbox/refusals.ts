// Calls that Slack refuses by themselves, whatever happened before: method, arguments, Slack's code.
import { GENERAL, HIDDEN, OUTSIDE, REP, SECRET } from './support.js';

export const HELLO = [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }];
const MODAL = { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [] };
/** Shaped as a trigger that is long gone. */
const STALE = '1.1.abc';

export const REFUSALS: [string, Record<string, unknown>, string][] = [
  ['chat.postMessage', { channel: 'C0NOWHERE', text: 'x' }, 'channel_not_found'],
  ['chat.postMessage', { channel: OUTSIDE, text: 'x' }, 'not_in_channel'],
  ['chat.postMessage', { channel: HIDDEN, text: 'x' }, 'channel_not_found'],
  ['chat.postMessage', { channel: GENERAL }, 'no_text'],
  ['chat.postMessage', { channel: GENERAL, blocks: [] }, 'no_text'],
  ['chat.postMessage', { channel: GENERAL, text: 'x', blocks: 'not json' }, 'invalid_blocks_format'],
  ['chat.postMessage', { channel: GENERAL, text: 'x', blocks: [{ type: 'nope' }] }, 'invalid_blocks'],
  ['chat.postMessage', { channel: GENERAL, text: 'x', thread_ts: '1.000001' }, 'cannot_reply_to_message'],
  [
    'chat.postMessage',
    { channel: GENERAL, text: 'x', metadata: { event_type: 'a' } },
    'invalid_metadata_format',
  ],
  [
    'chat.postMessage',
    {
      channel: GENERAL,
      text: 'x',
      blocks: Array(5).fill({ type: 'header', text: { type: 'plain_text', text: '款'.repeat(3000) } }),
    },
    'msg_blocks_too_long',
  ],
  ['chat.postEphemeral', { channel: SECRET, user: REP, text: 'x' }, 'user_not_in_channel'],
  ['chat.postEphemeral', { channel: GENERAL, user: 'U0NOBODY', text: 'x' }, 'user_not_found'],
  ['chat.update', { channel: GENERAL, ts: '1.000001', text: 'x' }, 'message_not_found'],
  ['chat.delete', { channel: GENERAL, ts: '1.000001' }, 'message_not_found'],
  ['chat.getPermalink', { channel: GENERAL, message_ts: '1.000001' }, 'message_not_found'],
  ['conversations.open', { users: 'U0NOBODY' }, 'user_not_found'],
  ['conversations.open', {}, 'invalid_arguments'],
  ['conversations.info', { channel: HIDDEN }, 'channel_not_found'],
  ['conversations.history', { channel: OUTSIDE }, 'not_in_channel'],
  ['conversations.replies', { channel: GENERAL, ts: '1.000001' }, 'thread_not_found'],
  ['conversations.history', { channel: GENERAL, limit: 0 }, 'invalid_limit'],
  ['conversations.history', { channel: GENERAL, cursor: 'nonsense' }, 'invalid_cursor'],
  ['users.info', { user: 'U0NOBODY' }, 'user_not_found'],
  ['files.info', { file: 'F0NOTHING' }, 'file_not_found'],
  ['files.completeUploadExternal', { files: [{ id: 'F0NOTHING' }] }, 'file_not_found'],
  ['views.open', { trigger_id: 'rubbish', view: MODAL }, 'invalid_trigger_id'],
  ['views.open', { trigger_id: STALE, view: MODAL }, 'expired_trigger_id'],
  ['views.open', { trigger_id: STALE, view: { type: 'modal', blocks: [] } }, 'invalid_arguments'],
  ['views.open', { trigger_id: STALE }, 'invalid_arguments'],
  ['views.open', { trigger_id: STALE, view: { type: 'home', blocks: [] } }, 'invalid_arguments'],
  [
    'views.open',
    { trigger_id: STALE, view: { type: 'modal', private_metadata: 'x'.repeat(260_000) } },
    'view_too_large',
  ],
  ['views.update', { view_id: 'V0NOTHING', view: MODAL }, 'not_found'],
  ['views.publish', { user_id: 'U0NOBODY', view: { type: 'home', blocks: [] } }, 'user_not_found'],
  ['views.publish', { user_id: REP, hash: '1.x', view: { type: 'home', blocks: [] } }, 'hash_conflict'],
  ['views.update', { view: MODAL }, 'invalid_arguments'],
  ['views.push', { trigger_id: STALE, view: MODAL }, 'expired_trigger_id'],
  [
    'chat.postMessage',
    { channel: GENERAL, text: 'x', metadata: { event_type: 'a', event_payload: { a: 'x'.repeat(16_000) } } },
    'metadata_too_large',
  ],
  ['conversations.members', { channel: HIDDEN }, 'channel_not_found'],
  ['conversations.join', { channel: HIDDEN }, 'channel_not_found'],
  ['files.getUploadURLExternal', { filename: 'a.txt' }, 'invalid_arguments'],
  ['blocks.validate', { blocks: [{ type: 'divider', extra: 1 }] }, 'invalid_blocks'],
  ['blocks.validate', { blocks: HELLO }, 'ok'],
];
