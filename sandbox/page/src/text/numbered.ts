// Keys for lists that are drawn anew as a whole whenever their source text or block changes.

/** Each item with its position as a key: in such lists the position is the identity. */
export function numbered<T>(items: readonly T[]): { key: string; item: T; index: number }[] {
  return items.map((item, index) => ({ key: String(index), item, index }));
}

/** Length in Unicode code points, as Slack counts it. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}
