// Sends one request to the app, keeps it for redelivery, and writes both sides into the journal.
import { newId } from './ids.js';
import type { InteractionResult } from './protocol.js';
import type { SentRequest, Slack } from './slack.js';
import type { Answer } from './transport.js';

const KEPT_REQUESTS = 1_000;

export interface Dispatched {
  requestId: string;
  answer: Answer;
}

/** Sends a request and waits for the app's acknowledgement (3 s); never rejects. */
export async function dispatch(
  slack: Slack,
  request: SentRequest,
  retry?: { num: number; reason: string },
  requestId = newId('Rq'),
): Promise<Dispatched> {
  slack.sent.set(requestId, request);
  for (const old of slack.sent.keys()) {
    if (slack.sent.size <= KEPT_REQUESTS) break;
    slack.sent.delete(old);
  }
  const user = request.user === undefined ? {} : { user: request.user };
  const journalKind = request.kind === 'events_api' ? 'event' : 'request';
  slack.journal.add({
    kind: journalKind,
    name: request.name,
    ...user,
    status: retry ? `retry ${retry.num} (${retry.reason})` : 'sent',
    summary: `${request.name} → app`,
    request_id: requestId,
  });
  const { kind, payload, acceptsBody } = request;
  const answer = await slack.transport.send({ kind, payload, acceptsBody, ...(retry ? { retry } : {}) });
  slack.journal.add({
    kind: 'ack',
    name: request.name,
    ...user,
    ms: answer.ms,
    status: answer.status,
    summary: answer.status === 'acked' ? `acknowledged in ${answer.ms} ms` : `failed: ${answer.reason ?? ''}`,
    request_id: requestId,
  });
  return { requestId, answer };
}

/** What the person's client learns of a request that needs no more than an acknowledgement. */
export function toResult({ requestId, answer }: Dispatched): InteractionResult {
  const result = { request_id: requestId, status: answer.status, ms: answer.ms };
  if (answer.status === 'acked') return { ok: true, ...result };
  return { ok: false, ...result, message: answer.reason ?? 'operation_timeout' };
}

/** A refusal by Slack itself: the app was not asked. */
export function refuse(message: string, errors?: Record<string, string>): InteractionResult {
  return { ok: false, request_id: '', status: 'error', ms: 0, message, ...(errors ? { errors } : {}) };
}
