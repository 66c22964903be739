// What a sandbox is started with.
import type { Manifest } from './manifest.js';
import type { User } from './protocol.js';

export interface ChannelSeed {
  id: string;
  name: string;
  is_private?: boolean;
  members: string[];
  /** True when the app has been invited. */
  withApp?: boolean;
}

export interface SandboxOptions {
  /** 0 or absent: a free loopback port. */
  port?: number;
  /** Where the workspace is kept; without it the workspace lives in memory. */
  dataDir?: string;
  manifest: Manifest;
  team: { id: string; name: string; domain?: string; tz?: string };
  users: ({ id: string } & Partial<User>)[];
  channels: ChannelSeed[];
  /** Socket Mode, or signed HTTP to the app's request URL. */
  transport: 'socket' | { http: string };
  /** The file the app reads its clock offset from; the app may write beside it, as `<clockFile>.done`, what it is through with. */
  clockFile?: string;
  signingSecret?: string;
  botToken?: string;
  appToken?: string;
  /** Static files of the web page. */
  pageDir?: string;
  /** Waits before the 1st, 2nd and 3rd redelivery of an event, in ms. Slack's: at once, 1 minute, 5 minutes. */
  retryDelaysMs?: readonly [number, number, number];
  /** How long an app that says nothing of its mornings must be silent before the next one is played, in ms. */
  clockQuietMs?: number;
  /** How long a morning may take, in ms. */
  clockLimitMs?: number;
  /** Enforce Slack's limits: about one chat.postMessage a second in a channel (bursts of 10), the others by their tier. */
  rateLimits?: boolean;
}
