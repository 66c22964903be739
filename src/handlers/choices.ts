// What is offered where people type to choose, and the one that stands for what could not be looked up.
import type { Translate } from './i18n/index.js';

export interface Choice {
  readonly text: string;
  readonly value: string;
}

/** Nothing can be done with it: no form and no click takes it. */
export const NOT_LOADED = 'not_loaded';

const MOST = 100;

/** In place of an empty list, which would say that there is nothing to choose. */
export const notLoaded = (t: Translate): Choice[] => [
  { text: t('common:choices_failed'), value: NOT_LOADED },
];

/** The answer to Slack. */
export const offered = (choices: readonly Choice[]) => ({
  options: choices
    .slice(0, MOST)
    .map(({ text, value }) => ({ text: { type: 'plain_text' as const, text }, value })),
});
