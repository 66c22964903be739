// A process of its own: what Slack does to an app under load, so that neither its work nor its clock is the app's.
// Sends signed commands and clicks, and answers the Web API at once; the strict Slack is sandbox/.
import { createHmac } from 'node:crypto';
import { ACTION } from '../src/handlers/ids.js';
import { concurrently, inTurn, timed } from './measure.js';
import { type Card, type Load, type LoadResult, SECRET } from './slack-load.js';
import { startSlackStub } from './slack-stub.js';

/** The first rep of bench/data.ts, and its finance. */
const REP = 'U2';
const FINANCE = 'U0';

async function post(url: string, fields: Record<string, string>): Promise<void> {
  const body = new URLSearchParams(fields).toString();
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${stamp}:${body}`).digest('hex')}`;
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signature,
    },
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${response.status} from ${url}`);
}

let triggers = 0;
const newTrigger = () => {
  triggers += 1;
  return `trigger.${triggers}`;
};

const command = (url: string, triggerId = newTrigger()) =>
  post(url, {
    command: '/hk-plan',
    text: '',
    user_id: REP,
    team_id: 'T1',
    channel_id: 'C1',
    trigger_id: triggerId,
    response_url: 'http://127.0.0.1:9/',
  });

const click = (
  url: string,
  {
    who = REP,
    action = ACTION.planNew,
    card = { channel: 'C1', ts: '1.1', value: '' },
  }: { who?: string; action?: string; card?: Card } = {},
) =>
  post(url, {
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: 'T1', domain: 'bench' },
      user: { id: who, team_id: 'T1', name: 'x' },
      trigger_id: newTrigger(),
      response_url: 'http://127.0.0.1:9/',
      container: { type: 'message', message_ts: card.ts, channel_id: card.channel },
      channel: { id: card.channel, name: 'x' },
      message: { ts: card.ts, blocks: [] },
      actions: [
        {
          type: 'button',
          action_id: action,
          block_id: 'b',
          value: card.value,
          action_ts: '1.1',
          text: { type: 'plain_text', text: 'x' },
        },
      ],
    }),
  });

const stub = await startSlackStub();

async function run(load: Load): Promise<LoadResult> {
  if (load.kind === 'modal') {
    const ours = await concurrently(load.total, load.atOnce, async () => {
      const triggerId = newTrigger();
      const shown = stub.viewOpened(triggerId);
      await command(load.url, triggerId);
      await shown;
    });
    return { ours, floor: [], view: stub.lastView() };
  }
  if (load.kind === 'card') {
    const { cards, url, atOnce } = load;
    const ours = await concurrently(cards.length, atOnce, async (index) => {
      const card = cards[index];
      if (!card) throw new RangeError('no card');
      const shown = stub.rewritten(card.ts);
      await click(url, { who: FINANCE, action: ACTION.approvalApprove, card });
      await shown;
    });
    return { ours, floor: [], view: '' };
  }
  const send = load.send === 'command' ? command : click;
  const alone = async (url: string) => {
    // One after another: what the last click still does must not slow the next one's acknowledgement.
    await new Promise((resolve) => setTimeout(resolve, 15));
    return timed(() => send(url));
  };
  const times = await inTurn(
    load.rounds,
    () => alone(load.url),
    () => alone(load.beside),
  );
  return { ...times, view: stub.lastView() };
}

process.on('message', (load: Load) => {
  void run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.(stub.apiUrl);
