// Every word exists in both languages, is the glossary's, also in the guides; every error code has words, and a missing key
// is loud.
import { readdirSync, readFileSync } from 'node:fs';
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

  it('sets Chinese with Chinese signs: no colon, semicolon, comma or bracket of ASCII after a character', () => {
    const wrong =
      /[\p{Script=Han}，。：；、！？”’）】}]\s?[:;,(]|[:;,)]\s?[\p{Script=Han}，。：；、“‘（【{]/u;
    // Commands, lines that are typed, and references to other words are written as they are.
    const plain = (text: string) => text.replace(/\$t\([^)]*\)|`[^`]*`/g, '');
    const found = Object.entries(zh as Words).flatMap(([namespace, words]) =>
      Object.entries(words).flatMap(([key, text]) =>
        wrong.test(plain(text)) ? [`${namespace}:${key} ${text}`] : [],
      ),
    );
    expect(found).toEqual([]);
    expect(
      ['原因: 其他', '{{label}}: {{text}}', '类型; 行业', '金额(元)'].filter((text) => wrong.test(text)),
    ).toHaveLength(4);
  });

  it('has the signs between words in the catalogue, not in views', () => {
    const wrong = /\}(: |; |, | ?\()\$\{|join\('[,;:] '\)/;
    const roots = ['src/handlers', 'src/jobs/notices', 'src/pictures'].map((path) =>
      join(import.meta.dirname, '../..', path),
    );
    const files = roots.flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.startsWith('i18n'))
        .map((name) => join(root, name)),
    );
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => wrong.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    // What a person types, cells of a file, and the codes in a log are not read as a sentence.
    expect(found.filter((line) => !/textInput\(|export-columns\.ts|error\.code/.test(line))).toEqual([]);
  });

  it('does not call today what is posted on the day somebody else approves it', () => {
    const asked =
      /^(reversals:effect|refunds:effect|adjustments:effect\..+|reallocations:effect(_asks)?|voids:effect)$/;
    for (const words of [zh, en] as readonly Words[]) {
      const texts = Object.entries(words).flatMap(([namespace, own]) =>
        Object.entries(own).flatMap(([key, text]) => (asked.test(`${namespace}:${key}`) ? [text] : [])),
      );
      expect(texts.length).toBeGreaterThanOrEqual(8);
      expect(texts.filter((text) => /\btoday\b|今天/.test(text))).toEqual([]);
    }
  });

  it('throws on a key without words', () => {
    expect(() => translator('en')('errors:no.such.code' as WordKey)).toThrow(RangeError);
  });
});

describe('the glossary', () => {
  const ROOT = join(import.meta.dirname, '../..');
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  /** What stands in `code` in the last column: a Chinese word wherever it is, an English one as a word. */
  const never = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...(line.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, word = '']) =>
      /^[a-z-]+$/i.test(word) ? new RegExp(`\\b${word}s?\\b`, 'i') : new RegExp(word),
    );
  /** 段 is a word of its own elsewhere (a run of days), not of a plan. */
  const wrong = [...never, /第 ?\S* ?段|各段/];
  const found = (text: string) => wrong.filter((word) => word.test(text)).map(String);

  it('has words that are looked for', () => {
    expect(never.length).toBeGreaterThan(35);
    expect(found('经理批准了')).toEqual(['/经理/', '/批准/']);
    expect(found('The Digests of a deadline')).toEqual(['/\\bdeadlines?\\b/i', '/\\bdigests?\\b/i']);
  });

  it.each([
    ['zh', zh],
    ['en', en],
  ] as const)('every message keeps to it: %s', (_, words) => {
    const texts = Object.values(words as Words).flatMap((one) => Object.values(one));
    expect(texts.filter((text) => found(text).length > 0)).toEqual([]);
  });

  const guides = readdirSync(join(ROOT, 'docs/guide')).filter((name) => name.endsWith('.md'));
  it.each(['README.md', 'README.zh-CN.md', 'manifest.yml', ...guides.map((name) => `docs/guide/${name}`)])(
    '%s keeps to it',
    (path) => {
      const words = read(path)
        .replace(/\]\([^)]*\)/g, ']')
        .replace(/^\s*#.*/gm, (line) => (path.endsWith('.yml') ? '' : line));
      expect(words.split('\n').flatMap(found)).toEqual([]);
    },
  );
});

describe('error codes', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/domain/errors.ts'), 'utf8');
  const map = source.slice(source.indexOf('interface ErrorParams'), source.indexOf('export type ErrorCode'));
  const codes = [...map.matchAll(/^ {2}'?([\w.]+)'?: /gm)].map((match) => match[1] ?? '');

  it('each has words, and no words are left without a code', () => {
    expect(codes.length).toBeGreaterThan(40);
    // Besides the codes: names of decisions, of what is wrong with a file, and of what nobody named.
    const helpers =
      /^(decision\..+|file\.(?!rejected).+|(who|ref|manager|fields)\.unknown|rule\..+|calendar\.cause\..+)$/;
    const worded = Object.keys(zh.errors).filter((key) => !helpers.test(key));
    expect(worded.toSorted()).toEqual(codes.toSorted());
  });
});
