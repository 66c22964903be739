// Names below the bars of a chart. Pure.

/** Slack takes 20 letters a label, number included; a sign of Chinese is as wide as two letters. */
const LETTERS = 18;
const WIDTH = 24;
const WIDE = /[\u2e80-\u9fff\uf900-\uffef]/u;

/** Numbered, each with the part that tells it from the others: of HT-2026-0012 and HT-2026-0013 the end. */
export function chartNames(names: readonly string[]): string[] {
  const shared = sharedStart(names);
  return names.map((name, index) => `${index + 1} ${cut(name.slice(shared))}`);
}

/** Length of what all begin with, up to a sign between words. */
function sharedStart(names: readonly string[]): number {
  const [first = '', ...others] = names;
  if (others.length === 0) return 0;
  let length = 0;
  while (length < first.length && others.every((name) => name[length] === first[length])) length += 1;
  const start = first.slice(0, length).search(/[-\s·/][^-\s·/]*$/u) + 1;
  // Nothing may be left without a name.
  return names.every((name) => name.slice(start).trim() !== '') ? start : 0;
}

function cut(name: string): string {
  const letters = [...name];
  let width = 0;
  const fits = letters.findIndex((letter) => {
    width += WIDE.test(letter) ? 2 : 1;
    return width > WIDTH;
  });
  const most = Math.min(fits < 0 ? letters.length : fits, LETTERS);
  return most === letters.length
    ? name
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
