// What a person typed, short enough to be quoted back in an error.

const QUOTED_CODE_POINTS = 40;

/** The text trimmed and cut to 40 code points, with … where it was cut. */
export function quoteInput(text: string): string {
  // The slice keeps a pasted page from being spread into an array of its code points.
  const points = Array.from(text.trim().slice(0, 4 * QUOTED_CODE_POINTS));
  return points.length > QUOTED_CODE_POINTS
    ? `${points.slice(0, QUOTED_CODE_POINTS - 1).join('')}…`
    : points.join('');
}
