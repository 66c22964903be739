// What a search finds a record by: its text, and the pairs of letters in it that an index can look up. Pure.
import { pinyin, polyphonic } from 'pinyin-pro';

/** Other readings (重: chong, zhong) multiply: of one name no more than these many further spellings are kept. */
const MAX_READINGS = 6;
/** A longer word is looked up by these many pairs spread over it; the text itself decides. */
const MAX_GRAMS = 6;
/** Of which the rarest are known: further ones take longer to read than they rule out. */
const FEW_GRAMS = 3;

/** Lower-case words, full pinyin and initials, so that `hw` and `huawei` find 华为, and both readings find 重庆. */
export function searchTextOf(...words: (string | null | undefined)[]): string {
  const found = new Set<string>();
  for (const word of words) {
    const plain = word?.normalize('NFKC').trim().toLowerCase();
    if (!plain) continue;
    found.add(plain);
    if (!/\p{Script=Han}/u.test(plain)) continue;
    for (const syllables of readingsOf(plain)) {
      found.add(syllables.join(''));
      found.add(syllables.map((syllable) => syllable.slice(0, 1)).join(''));
    }
  }
  return [...found].join(' ');
}

/** The likely reading first, then those with one sign read another way. */
function readingsOf(word: string): string[][] {
  const options = { toneType: 'none', type: 'array', nonZh: 'consecutive' } as const;
  const likely = pinyin(word, options);
  const signs = word.match(PARTS) ?? [];
  // Where it takes other signs for words than we do, it is asked for all of them.
  const readings = signs.length === likely.length ? signs.map(readingsOfPart) : polyphonic(word, options);
  const others = readings.flatMap((some, place) =>
    some.filter((reading) => reading !== likely[place]).map((reading) => likely.with(place, reading)),
  );
  return [likely, ...others.slice(0, MAX_READINGS)];
}

/** One Chinese sign, or what stands between two. */
const PARTS = /\p{Script=Han}|[^\p{Script=Han}]+/gu;
/** Of each sign that was met: what does not hang on its word is looked up once. */
const readingsOfSign = new Map<string, readonly string[]>();

function readingsOfPart(part: string): readonly string[] {
  if (!/^\p{Script=Han}$/u.test(part)) return [part];
  const known = readingsOfSign.get(part);
  if (known) return known;
  const [found = []] = polyphonic(part, { toneType: 'none', type: 'array' });
  readingsOfSign.set(part, found);
  return found;
}

const BLANK = /\s/u;

/**
 * Every pair of neighbouring letters in the words of a text, and every sign that is a word by itself in Chinese: a
 * record holds a word only if it holds all of the word's pairs, which an index answers. (Trigrams find nothing for `hw`.)
 */
export function searchGramsOf(text: string): string[] {
  const found = new Set<string>();
  let before = '';
  for (const letter of text) {
    if ((letter <= ' ' || letter > '\u007f') && BLANK.test(letter)) {
      before = '';
      continue;
    }
    if (letter > '\u007f') found.add(letter);
    if (before !== '') found.add(before + letter);
    before = letter;
  }
  return [...found];
}

/** The pairs to look up for what was typed; none for a single Latin letter, which nearly every record holds. */
export function gramsToFind(words: readonly string[]): string[] {
  return [
    ...new Set(
      words.flatMap((word) => {
        const pairs = pairsOf(word);
        const step = Math.max(1, (pairs.length - 1) / (MAX_GRAMS - 1));
        const count = Math.min(pairs.length, MAX_GRAMS);
        return Array.from({ length: count }, (_, index) => pairs[Math.round(index * step)] ?? '');
      }),
    ),
  ];
}

/** The same where it is known how many records hold a pair: the rarest of all, each of which is read in the index. */
export const rarestGrams = (words: readonly string[], shareOf: (pair: string) => number): string[] =>
  [...new Set(words.flatMap(pairsOf))].toSorted((a, b) => shareOf(a) - shareOf(b)).slice(0, FEW_GRAMS);

/**
 * The part of all records that holds every word, about: what the parts of its pairs say. Letters of a word come together, so
 * its rarest pair counts; digits of numbers and words of a search do not.
 */
export function shareHolding(words: readonly string[], shareOf: (pair: string) => number): number {
  const ofWord = (word: string): number => {
    const pairs = pairsOf(word);
    const numbers = pairs.filter((pair) => /\d/.test(pair)).map(shareOf);
    const letters = pairs.filter((pair) => !/\d/.test(pair)).map(shareOf);
    return numbers.reduce((product, share) => product * share, Math.min(1, ...letters));
  };
  return words.reduce((product, word) => product * ofWord(word), 1);
}

function pairsOf(word: string): string[] {
  const letters = [...word.toLowerCase()];
  if (letters.length < 2) return searchGramsOf(letters.join(''));
  return letters.slice(0, -1).map((letter, place) => letter + (letters[place + 1] ?? ''));
}

/** `%` and `_` as themselves in a LIKE pattern. */
export function likePattern(words: string): string {
  return `%${words
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** At most ten words of a search. */
export const wordsOf = (text: string | undefined): string[] =>
  (text ?? '').normalize('NFKC').trim().split(/\s+/u).filter(Boolean).slice(0, 10);
