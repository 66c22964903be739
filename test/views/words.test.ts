// Every word exists in both languages, every error code has words, and a missing key is loud.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/handlers/i18n/en/index.js';
import { translator, type WordKey } from '../../src/handlers/i18n/index.js';
import { zh } from '../../src/handlers/i18n/zh/index.js';

type Words = Record<string, Record<string, string>>;

const stems = (words: Record<string, string>) =>
  [...new Set(Object.keys(words).map((key) => key.replace(/_(one|other)$/, '')))].sort((a, b) =>
    a.localeCompare(b),
  );
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ''))].sort((a, b) =>
    a.localeCompare(b),
  );

describe('words', () => {
  const namespaces = Object.keys(zh);

  it('has the same namespaces in both languages', () =>
    expect(Object.keys(en).sort()).toEqual(namespaces.toSorted()));

  it.each(namespaces)('%s has the same keys in both languages', (namespace) => {
    expect(stems((en as Words)[namespace] ?? {})).toEqual(stems((zh as Words)[namespace] ?? {}));
  });

  it.each(namespaces)('%s says something, and fills in the same values in both languages', (namespace) => {
    for (const [key, text] of Object.entries((zh as Words)[namespace] ?? {})) {
      expect(text.trim(), key).not.toBe('');
      const english = (en as Words)[namespace] ?? {};
      const other = english[key] ?? english[`${key.replace(/_other$/, '')}_other`] ?? '';
      expect(placeholders(other), key).toEqual(placeholders(text));
    }
  });

  it('uses no word of the tone that is banned', () => {
    const chinese = Object.values(zh as Words).flatMap((words) => Object.values(words));
    const english = Object.values(en as Words).flatMap((words) => Object.values(words));
    expect(chinese.filter((text) => /您|亲爱|温馨提示|成功|！/.test(text))).toEqual([]);
    expect(english.filter((text) => /\bplease\b|\boops\b|successfully|!/i.test(text))).toEqual([]);
  });

  it('uses no word that the glossary has another one for', () => {
    const chinese = Object.values(zh as Words).flatMap((words) => Object.values(words));
    const never =
      /分期付款|收据|押金|保证金|冲账|推迟|展期|超期|催款|上报|经办|死账|里程碑|红冲|已结清|失信|拉黑|小票|第 ?\S* ?段|各段/;
    expect(chinese.filter((text) => never.test(text))).toEqual([]);
    const english = Object.values(en as Words).flatMap((words) => Object.values(words));
    expect(english.filter((text) => /\b(deadline|reconcile|installments?|ping)\b/i.test(text))).toEqual([]);
  });

  it('throws on a key without words', () => {
    expect(() => translator('en')('errors:no.such.code' as WordKey)).toThrow(RangeError);
  });
});

describe('error codes', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/domain/errors.ts'), 'utf8');
  const map = source.slice(source.indexOf('interface ErrorParams'), source.indexOf('export type ErrorCode'));
  const codes = [...map.matchAll(/^ {2}'?([\w.]+)'?: /gm)].map((match) => match[1] ?? '');

  it('each has words, and no words are left without a code', () => {
    expect(codes.length).toBeGreaterThan(40);
    // Besides the codes: names of decisions, of what is wrong with a file, and of what nobody named.
    const helpers =
      /^(decision\..+|file\.(?!rejected).+|(who|ref|manager)\.unknown|rule\..+|calendar\.cause\..+)$/;
    const worded = Object.keys(zh.errors).filter((key) => !helpers.test(key));
    expect(worded.toSorted()).toEqual(codes.toSorted());
  });
});
