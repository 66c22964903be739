// Chooses the page's dictionary by the acting person's Slack locale.
import { createContext, use } from 'react';
import { en } from './en.js';
import { zh } from './zh.js';

/** Every word of the page; a missing or extra key in a language does not compile. */
export type Words = typeof en;

/** Dictionary for a Slack or browser locale: Chinese for zh-*, English otherwise. */
export function pickWords(locale: string): Words {
  return locale.toLowerCase().startsWith('zh') ? zh : en;
}

export interface Language {
  words: Words;
  locale: string;
  /** IANA zone of the reader; instants are shown in it. */
  timeZone: string;
}

const fallbackLocale = typeof navigator === 'undefined' ? 'en-US' : navigator.language;

export const LanguageContext = createContext<Language>({
  words: pickWords(fallbackLocale),
  locale: fallbackLocale,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** The page's words in the acting person's language. */
export function useWords(): Words {
  return use(LanguageContext).words;
}

/** Words, locale and zone of the acting person, for formatting instants. */
export function useLanguage(): Language {
  return use(LanguageContext);
}
