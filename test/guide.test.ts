// The guides exist in both languages, show pictures that are there, and name only commands that the manifest has.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../src/handlers/i18n/en/index.js';
import { zh } from '../src/handlers/i18n/zh/index.js';

const GUIDE = join(import.meta.dirname, '../docs/guide');
const pages = readdirSync(GUIDE).filter((name) => name.endsWith('.md'));
const textOf = (name: string) => readFileSync(join(GUIDE, name), 'utf8');
const linksOf = (name: string) =>
  [...textOf(name).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^https?:/.test(target));

it('every guide is there in both languages', () => {
  const english = pages.filter((name) => !name.endsWith('.zh-CN.md'));
  expect(pages.toSorted()).toEqual(
    english.flatMap((name) => [name, name.replace('.md', '.zh-CN.md')]).toSorted(),
  );
});

describe.each(pages)('%s', (name) => {
  it('leads to what exists', () => {
    for (const target of linksOf(name)) expect(existsSync(join(GUIDE, target)), target).toBe(true);
  });

  it('names buttons by the words on them', () => {
    const manifest = readFileSync(join(GUIDE, '../../manifest.yml'), 'utf8');
    const isChinese = name.endsWith('.zh-CN.md');
    const words = new Set(Object.values(isChinese ? zh : en).flatMap((one) => Object.values<string>(one)));
    const named = textOf(name).matchAll(isChinese ? /〔([^〕]+)〕/g : /\[([^\]"]+)\](?!\()/g);
    const unknown = [...named]
      .map(([, button = '']) => button)
      .filter((button) => !words.has(button) && !words.has(button.replace('12', '{{count}}')))
      // A shortcut has both languages in its name.
      .filter((button) => button !== '⋯' && !manifest.includes(button));
    expect(unknown).toEqual([]);
  });

  it('names commands that the app has', () => {
    const manifest = readFileSync(join(GUIDE, '../../manifest.yml'), 'utf8');
    const known = new Set([...manifest.matchAll(/command: (\/[\w-]+)/g)].map(([, command]) => command));
    const named = [...textOf(name).matchAll(/`(\/hk[\w-]*)/g)].map(([, command]) => command);
    expect(named.filter((command) => !known.has(command))).toEqual([]);
  });
});

it('both languages show the same pictures, and no picture is left that nobody sees', () => {
  const shown = pages.flatMap((name) => linksOf(name).filter((target) => target.startsWith('pictures/')));
  const kept = readdirSync(join(GUIDE, 'pictures'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.png'))
    .map((file) => `pictures/${file}`);
  expect(kept.toSorted()).toEqual(shown.toSorted());
  const names = (locale: string) =>
    shown.filter((target) => target.includes(locale)).map((target) => target.split('/').at(-1) ?? '');
  expect(names('zh-CN').toSorted()).toEqual(names('en-US').toSorted());
});
