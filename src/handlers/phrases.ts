// What was typed after a command, taken apart: the longest phrase that means something, else a word for itself. Pure.

/** `due this week`, `end of month`: so many words may have one meaning. */
const LONGEST_PHRASE = 3;

/** The meanings of the words in their order, and the words that mean nothing; phrases are asked for in lower case. */
export function readPhrases<T>(
  typed: string,
  meantBy: (phrase: string) => T | null,
): { meanings: T[]; unread: string[] } {
  const meanings: T[] = [];
  const unread: string[] = [];
  for (let rest = typed.split(/\s+/).filter(Boolean); rest.length > 0; ) {
    const read = Array.from({ length: Math.min(LONGEST_PHRASE, rest.length) }, (_, index) => ({
      count: index + 1,
      meant: meantBy(
        rest
          .slice(0, index + 1)
          .join(' ')
          .toLowerCase(),
      ),
    })).findLast(({ meant }) => meant !== null);
    if (read?.meant != null) meanings.push(read.meant);
    else unread.push(rest[0] ?? '');
    rest = rest.slice(read?.count ?? 1);
  }
  return { meanings, unread };
}
