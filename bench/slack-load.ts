// What the benchmark and its Slack process (slack-client.ts) tell each other.

/** What the benchmark asks of this process: at which address, and (for acknowledgements) beside which other app. */
export type Load =
  | { kind: 'ack'; send: 'command' | 'click'; url: string; beside: string; rounds: number }
  | { kind: 'modal'; url: string; total: number; atOnce: number };

/** What it answers: milliseconds; for modals also the last one opened. */
export type LoadResult = { ours: number[]; floor: number[]; view: string };

export const SECRET = 'bench-secret';
