// Words in both languages: i18next with typed keys. One file per feature and language; a missing key throws in tests.
import i18next from 'i18next';
import type { Locale } from '../../domain/access.js';
import { en } from './en/index.js';
import { zh } from './zh/index.js';

type Namespaces = typeof zh;
type WithoutPlural<K extends string> = K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K;

/** `namespace:key`; a plural is called by its stem with `count`. */
export type WordKey = {
  [N in keyof Namespaces & string]: `${N}:${WithoutPlural<keyof Namespaces[N] & string>}`;
}[keyof Namespaces & string];

/** Words in one language: `t('errors:not_found', { ref })`. */
export type Translate = (key: WordKey, params?: Readonly<Record<string, unknown>>) => string;

const instance = i18next.createInstance();
// Resources are at hand, so this completes at once.
void instance.init({
  resources: { 'zh-CN': zh, en },
  lng: 'zh-CN',
  fallbackLng: false,
  ns: Object.keys(zh),
  defaultNS: 'common',
  keySeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false },
  saveMissing: true,
  missingKeyHandler: (languages, namespace, key) => {
    throw new RangeError(`No words for ${namespace}:${key} in ${languages.join(', ')}`);
  },
});

const words = (locale: Locale): Translate => {
  const fixed = instance.getFixedT(locale);
  // Each look-up leaves objects behind, and a file asks for the same few words a hundred thousand times.
  const plain = new Map<WordKey, string>();
  return (key, params) => {
    if (params !== undefined) return fixed(key, { ...params });
    const known = plain.get(key) ?? fixed(key);
    plain.set(key, known);
    return known;
  };
};
const translators: Record<Locale, Translate> = { 'zh-CN': words('zh-CN'), en: words('en') };

/** The words of a reader's language. */
export function translator(locale: Locale): Translate {
  return translators[locale];
}

/** Whether there are words for a key that was put together, without a plural. */
export function hasWords(key: string): key is WordKey {
  const [namespace = '', name = ''] = key.split(':', 2);
  const words: Readonly<Record<string, object>> = zh;
  return Object.hasOwn(words, namespace) && Object.hasOwn(words[namespace] ?? {}, name);
}
