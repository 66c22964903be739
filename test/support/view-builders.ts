// Which builders of windows and messages the views export, and which of them a test runs. Read as text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from './import-graph.js';

/** What a builder is called, or what it says it returns. */
const NAME = /(Modal|Message|Form|View|Card|Home)$/;
const TYPE = /\b(ModalView|HomeView|Message|Full|Told)\b/;
const EXPORTED = /(?:^|\n)export (?:async )?(?:function (\w+)|const (\w+) = (?:<[^\n]*>)?(?=\())/g;

/** The names of exported functions that make a whole window or message. */
export function buildersIn(text: string): string[] {
  return [...text.matchAll(EXPORTED)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? '';
    const rest = text.slice((match.index ?? 0) + match[0].length);
    const afterParameters = rest.slice(endOfParameters(rest));
    const type = /^\s*:\s*([^{=]*)/.exec(afterParameters)?.[1] ?? '';
    return NAME.test(name) || TYPE.test(type) ? [name] : [];
  });
}

/** Behind the parenthesis that closes the first one. */
function endOfParameters(text: string): number {
  let depth = 0;
  for (let at = text.indexOf('('); at < text.length; at += 1) {
    if ('([{'.includes(text[at] ?? '')) depth += 1;
    if (')]}'.includes(text[at] ?? '')) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Whether a test's text imports the builder, runs it, holds what comes out against Slack's limits, and speaks both languages. */
export function runs(test: string, builder: string): boolean {
  const uses = test.match(new RegExp(`\\b${builder}\\b`, 'g')) ?? [];
  const isHeld = /\b(expectModal|expectMessage|validateView|validateBlocks)\(/.test(test);
  const inBoth = /\bLOCALES\b|'zh-CN', 'en'/.test(test);
  return uses.length > 1 && isHeld && inBoth;
}

/** Builders of the views that no view test runs, as `file: name`. */
export function untested(root: string): string[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const tests = sourceFiles(root, 'test/views').map(read);
  return sourceFiles(root, 'src/handlers/views').flatMap((path) =>
    buildersIn(read(path))
      .filter((name) => !tests.some((test) => runs(test, name)))
      .map((name) => `${path}: ${name}`),
  );
}
