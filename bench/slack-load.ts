// What the benchmark and its Slack process (slack-client.ts) tell each other.

/** What the benchmark asks of this process: at which address, and (for acknowledgements) beside which other app. */
export type Load =
  | { kind: 'ack'; send: 'command' | 'click'; url: string; beside: string; rounds: number }
  | { kind: 'modal'; url: string; total: number; atOnce: number }
  | { kind: 'card'; url: string; cards: readonly Card[]; atOnce: number };

/** A card in a channel, and the value of the button that is pressed on it. */
export interface Card {
  readonly channel: string;
  readonly ts: string;
  readonly value: string;
}

/** What it answers: milliseconds (until a modal is there, or a card rewritten); for modals also the last one opened. */
export type LoadResult = { ours: number[]; floor: number[]; view: string };

export const SECRET = 'bench-secret';
