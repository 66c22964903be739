// The one object every part of the sandbox works on: the workspace, its listeners, the way to the app.
import type { Faults } from './faults.js';
import type { Hub } from './hub.js';
import type { Journal } from './journal.js';
import type { SandboxOptions } from './options.js';
import type { OptionObject } from './protocol.js';
import type { Store } from './store.js';
import type { Transport } from './transport.js';
import type { Triggers } from './triggers.js';
import type { Json } from './validate-rules.js';

/** A request that was sent to the app, kept so that it can be delivered again. */
export interface SentRequest {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  name: string;
  user?: string;
  payload: Json;
  acceptsBody: boolean;
}

export interface Slack {
  options: SandboxOptions;
  store: Store;
  hub: Hub;
  journal: Journal;
  faults: Faults;
  triggers: Triggers;
  transport: Transport;
  sent: Map<string, SentRequest>;
  /** Options offered by the app to one user in one external select, by `user|block_id|action_id`. */
  offered: Map<string, OptionObject[]>;
  /** Timers of redeliveries, stopped on close. */
  timers: Set<NodeJS.Timeout>;
  /** When the app last called the Web API, and how many calls run now. */
  traffic: { last: number; running: number };
  tokens: { bot: string; app: string; signingSecret: string };
  /** Base URL without a trailing slash. */
  url: string;
  clock: { offsetMs: number; moving: boolean };
}
