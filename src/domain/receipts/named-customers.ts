// Which of some customers a text names. Pure.

interface Customer {
  readonly id: string;
  readonly name: string;
  readonly code: string;
}

/** A customer with one of the names that it is known by. */
export interface NamedCustomer extends Customer {
  /** As it stands in the text, in lower case. */
  readonly called: string;
}

/** Words, or signs of Chinese, that a name has at most. */
const LONGEST = 30;
const WORD = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+|\S/gu;

/**
 * Whatever in the text (in lower case) may be a whole name, as names are compared: without spaces (twinKey). Every run
 * of at most LONGEST words and signs.
 */
export function namesThatMayBeIn(text: string): string[] {
  const words = text.match(WORD) ?? [];
  const found = new Set<string>();
  for (const start of words.keys()) {
    let run = '';
    for (const word of words.slice(start, start + LONGEST)) {
      run += word;
      if (run.length > 1) found.add(run);
    }
  }
  return [...found];
}

const LETTER = /[a-z\p{Script=Latin}\d]/u;

/**
 * The customers that `text` (in lower case) names as whole words. A name within a longer one is none: 星海 in 星海重工
 * says nothing of a customer 星海.
 */
export function customersNamedIn(text: string, candidates: readonly NamedCustomer[]): Customer[] {
  const places = candidates.flatMap((customer) =>
    placesOf(text, customer.called).map((from) => ({ customer, from, to: from + customer.called.length })),
  );
  const whole = places.filter(
    (place) =>
      !places.some(
        (other) =>
          other.customer.id !== place.customer.id &&
          other.from <= place.from &&
          other.to >= place.to &&
          other.to - other.from > place.to - place.from,
      ),
  );
  return [...new Map(whole.map(({ customer: { id, name, code } }) => [id, { id, name, code }])).values()];
}

/** Where the name stands by itself: Latin letters beside it would make it another word. */
function placesOf(text: string, name: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [first = '', last = ''] = [name.at(0), name.at(-1)];
    const before = LETTER.test(first) && LETTER.test(text.at(at - 1) ?? '') && at > 0;
    const after = LETTER.test(last) && LETTER.test(text.at(at + name.length) ?? '');
    if (!before && !after) found.push(at);
  }
  return found;
}
