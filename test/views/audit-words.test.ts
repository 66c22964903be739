// Every action that a service can write into the trail of a record has words, in both languages: they are read from the source,
// so that a new one without words is found here and not in somebody's window. Their fields are looked at where services are
// tested (test/support/audit-words.ts).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AUDIT_KINDS } from '../../src/domain/audit-story.queries.js';
import { en } from '../../src/handlers/i18n/en/index.js';
import { zh } from '../../src/handlers/i18n/zh/index.js';

const DOMAIN = join(import.meta.dirname, '../../src/domain');
/** Subjects whose entries a story shows: records, and the cases of instalments. */
const SHOWN: readonly string[] = [...AUDIT_KINDS, 'case'];
const ENDINGS = ['approved', 'rejected', 'withdrawn'];
/** What stands in a template, by the text between its braces. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  kind: ['reversal', 'refund'],
  ended: ['rejected', 'withdrawn'],
  subjectType: ['customer', 'contract', 'instalment'],
};
/** Of one action: not every ending of it has a name of its own. */
const NOT_WRITTEN = [
  'receipt.reallocation_approved',
  'contract.void_approved',
  'contract.amendment_approved',
  'adjustment.approved',
  'postponement.approved',
];

/** What is written after `action:`, where a subject stands beside it: an entry of the trail and not the name of a right. */
const ENTRY = /\baction(?:: | = )((?:[^,;{}]|\$\{[^}]*\})+)[,;]/g;
const BESIDE = 260;

/** A template with everything that can stand in it. */
function expanded(template: string): string[] {
  const part = /\$\{(\w+)\}/.exec(template);
  if (!part) return [template];
  return (PARTS[part[1] ?? ''] ?? ENDINGS).flatMap((one) => expanded(template.replace(part[0], one)));
}

function actionsOf(name: string): { where: string; actions: string[] }[] {
  const text = readFileSync(join(DOMAIN, name), 'utf8');
  return [...text.matchAll(ENTRY)].flatMap((match) => {
    const said = match[1] ?? '';
    const beside = text.slice(match.index, match.index + BESIDE);
    const subject = /subjectType: '(\w+)'/.exec(beside)?.[1];
    const isEntry =
      /subjectType|[.]about\b|\.\.\.about\b/.test(beside) &&
      !/^(string|entry\.action|row\.action)\b/.test(said);
    if (!isEntry || (subject !== undefined && !SHOWN.includes(subject))) return [];
    const named = [...said.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map((one) => one[1] ?? '');
    const built = [...said.matchAll(/`((?:[\w.]|\$\{\w+\})+)`/g)].flatMap((one) => expanded(one[1] ?? ''));
    const actions = [...named, ...built].filter((action) => !NOT_WRITTEN.includes(action));
    // Chosen from a table of the same file, or handed in.
    const table = /^(AUDITED)\[/.exec(said)?.[1];
    const rows =
      table === undefined
        ? ''
        : text
            .slice(text.indexOf(`const ${table}`))
            .split('};', 1)
            .join('');
    const chosen = [...rows.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map((one) => one[1] ?? '');
    const line = text.slice(0, match.index).split('\n').length;
    return [{ where: `${name}:${line} ${said.trim()}`, actions: [...actions, ...chosen] }];
  });
}

const files = readdirSync(DOMAIN, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const entries = files.flatMap(actionsOf);

it('every action that a service can write about a record has words in both languages', () => {
  const actions = new Set(entries.flatMap((entry) => entry.actions));
  // A scan that finds little finds little wrong.
  expect(actions.size).toBeGreaterThan(70);
  for (const words of [zh.audit, en.audit]) {
    const known: Readonly<Record<string, string>> = words;
    expect([...actions].filter((action) => !Object.hasOwn(known, `do.${action}`))).toEqual([]);
  }
});

it('no entry is written that the scan cannot read', () => {
  expect(entries.filter((entry) => entry.actions.length === 0).map((entry) => entry.where)).toEqual([]);
});
