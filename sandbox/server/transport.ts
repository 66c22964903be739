// How requests reach the app: the shape both Socket Mode and signed HTTP have.
import type { Json } from './validate-rules.js';

/** The app must acknowledge within this time. */
export const ACK_TIMEOUT_MS = 3_000;

export interface Outgoing {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  payload: Json;
  acceptsBody: boolean;
  retry?: { num: number; reason: string };
}

export interface Answer {
  status: 'acked' | 'timeout' | 'error';
  ms: number;
  /** What came with the acknowledgement. */
  body?: unknown;
  /** Slack's word for the failure. */
  reason?: string;
}

export interface Transport {
  connected(): boolean;
  /** Never rejects: a failure is an answer. */
  send(outgoing: Outgoing): Promise<Answer>;
  close(): Promise<void>;
}
