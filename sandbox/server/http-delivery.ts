// Signed HTTP: posts requests to the app's request URL as Slack does and reads the answer within 3 seconds.
import { createHmac } from 'node:crypto';
import { ACK_TIMEOUT_MS, type Answer, type Outgoing, type Transport } from './transport.js';

const PROBE_MS = 500;

/** Slack's v0 signature of a body at a time in seconds. */
export function signBody(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function encode({ kind, payload }: Outgoing): { type: string; body: string } {
  if (kind === 'events_api') return { type: 'application/json', body: JSON.stringify(payload) };
  const form = new URLSearchParams();
  if (kind === 'interactive') form.set('payload', JSON.stringify(payload));
  else for (const [name, value] of Object.entries(payload)) form.set(name, String(value));
  return { type: 'application/x-www-form-urlencoded', body: form.toString() };
}

function decode(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Signed HTTP to one request URL; probes it quietly until the app answers, `onChange` hears of it. */
export function createHttpTransport(
  requestUrl: string,
  signingSecret: string,
  hooks: { onChange(): void },
): Transport {
  let reachable = false;
  let closed = false;

  function setReachable(value: boolean): void {
    if (reachable === value || closed) return;
    reachable = value;
    hooks.onChange();
  }

  async function post(type: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    const timestamp = Math.floor(Date.now() / 1000);
    return await fetch(requestUrl, {
      method: 'POST',
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': signBody(signingSecret, timestamp, body),
        ...headers,
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(ACK_TIMEOUT_MS),
    });
  }

  const probe = setInterval(() => {
    if (reachable) return;
    post('application/x-www-form-urlencoded', 'ssl_check=1').then(
      (response) => setReachable(response.ok),
      () => setReachable(false),
    );
  }, PROBE_MS);
  probe.unref();

  return {
    connected: () => reachable,
    async send(outgoing): Promise<Answer> {
      const started = performance.now();
      const elapsed = () => Math.round(performance.now() - started);
      const { type, body } = encode(outgoing);
      const headers: Record<string, string> = outgoing.retry
        ? { 'x-slack-retry-num': String(outgoing.retry.num), 'x-slack-retry-reason': outgoing.retry.reason }
        : {};
      try {
        const response = await post(type, body, headers);
        const text = await response.text();
        setReachable(true);
        if (!response.ok) return { status: 'error', ms: elapsed(), reason: `http_status_${response.status}` };
        return { status: 'acked', ms: elapsed(), body: decode(text) };
      } catch (error) {
        if (error instanceof Error && error.name === 'TimeoutError') {
          return { status: 'timeout', ms: ACK_TIMEOUT_MS, reason: 'operation_timeout' };
        }
        setReachable(false);
        return { status: 'error', ms: elapsed(), reason: 'dispatch_failed' };
      }
    },
    async close() {
      closed = true;
      clearInterval(probe);
    },
  };
}
