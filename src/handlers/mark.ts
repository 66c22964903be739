// Names a list of lines shortly, to tell whether what is sent is what was shown.

/** FNV-1a of the lines: equal lines have equal marks; it need not withstand anybody. */
export function markOf(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const point of lines.join('\n')) {
    hash = Math.imul(hash ^ (point.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return `${lines.length}-${hash.toString(36)}`;
}
