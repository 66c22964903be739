// Parses the standard Markdown that Slack's markdown block accepts into a small tree; inline marks included.

export type MdInline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: MdInline[] }
  | { kind: 'link'; url: string; children: MdInline[] };

export type MdBlock =
  | { kind: 'heading'; level: number; children: MdInline[] }
  | { kind: 'paragraph'; lines: MdInline[][] }
  | { kind: 'quote'; lines: MdInline[][] }
  | { kind: 'list'; ordered: boolean; start: number; items: { depth: number; children: MdInline[] }[] }
  | { kind: 'table'; head: MdInline[][]; rows: MdInline[][][] }
  | { kind: 'fence'; text: string }
  | { kind: 'rule' };

const INLINE =
  /(`[^`]+`)|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^*]+)\*|\b_([^_]+)_\b/;
const LIST_ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const isTableRule = (line: string | undefined) =>
  line?.includes('-') === true && /^\s*\|?[\s:|-]+\|?\s*$/.test(line);

/** Inline nodes of one line of Markdown. */
export function parseMarkdownInline(source: string): MdInline[] {
  const nodes: MdInline[] = [];
  let rest = source;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    if (found.index > 0) nodes.push({ kind: 'text', text: rest.slice(0, found.index) });
    nodes.push(readInline(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest !== '') nodes.push({ kind: 'text', text: rest });
  return nodes;
}

function readInline(found: RegExpExecArray): MdInline {
  const [whole, code, label, url, starBold, lineBold, strike, starItalic, lineItalic] = found;
  if (code) return { kind: 'code', text: code.slice(1, -1) };
  if (label && url) return { kind: 'link', url, children: parseMarkdownInline(label) };
  const bold = starBold ?? lineBold;
  if (bold) return { kind: 'bold', children: parseMarkdownInline(bold) };
  if (strike) return { kind: 'strike', children: parseMarkdownInline(strike) };
  return { kind: 'italic', children: parseMarkdownInline(starItalic ?? lineItalic ?? whole) };
}

/** Blocks of a Markdown text. */
export function parseMarkdown(source: string): MdBlock[] {
  const lines = source.replaceAll('\r', '').split('\n');
  const blocks: MdBlock[] = [];
  for (let at = 0; at < lines.length; ) at = readBlock(lines, at, blocks);
  return blocks;
}

function takeWhile(lines: readonly string[], from: number, test: (line: string) => boolean): string[] {
  const end = lines.findIndex((line, index) => index >= from && !test(line));
  return lines.slice(from, end === -1 ? lines.length : end);
}

/** Reads one block that begins at `at`; answers the index of the line after it. */
function readBlock(lines: readonly string[], at: number, into: MdBlock[]): number {
  const line = lines[at] ?? '';
  if (line.trim() === '') return at + 1;
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    into.push({
      kind: 'heading',
      level: heading[1]?.length ?? 1,
      children: parseMarkdownInline(heading[2] ?? ''),
    });
    return at + 1;
  }
  if (/^\s*```/.test(line)) {
    const body = takeWhile(lines, at + 1, (one) => !/^\s*```/.test(one));
    into.push({ kind: 'fence', text: body.join('\n') });
    return at + body.length + 2;
  }
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
    into.push({ kind: 'rule' });
    return at + 1;
  }
  if (line.includes('|') && isTableRule(lines[at + 1])) return readTable(lines, at, into);
  if (/^\s*>/.test(line)) {
    const body = takeWhile(lines, at, (one) => /^\s*>/.test(one));
    into.push({ kind: 'quote', lines: body.map((one) => parseMarkdownInline(one.replace(/^\s*>\s?/, ''))) });
    return at + body.length;
  }
  if (LIST_ITEM.test(line)) return readList(lines, at, into);
  const body = takeWhile(
    lines,
    at,
    (one) => one.trim() !== '' && !/^(#{1,6}\s|\s*```|\s*>)/.test(one) && !LIST_ITEM.test(one),
  );
  into.push({ kind: 'paragraph', lines: body.map((one) => parseMarkdownInline(one)) });
  return at + Math.max(1, body.length);
}

function readList(lines: readonly string[], at: number, into: MdBlock[]): number {
  const body = takeWhile(lines, at, (one) => LIST_ITEM.test(one));
  const first = LIST_ITEM.exec(body[0] ?? '');
  const marker = first?.[2] ?? '-';
  const items = body.map((one) => {
    const [, indent = '', , text = ''] = LIST_ITEM.exec(one) ?? [];
    return { depth: Math.floor(indent.length / 2), children: parseMarkdownInline(text) };
  });
  const ordered = /\d/.test(marker);
  into.push({ kind: 'list', ordered, start: ordered ? Number.parseInt(marker, 10) : 1, items });
  return at + body.length;
}

function readTable(lines: readonly string[], at: number, into: MdBlock[]): number {
  const cells = (row: string) =>
    row
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => parseMarkdownInline(cell.trim()));
  const body = takeWhile(lines, at + 2, (one) => one.includes('|'));
  into.push({ kind: 'table', head: cells(lines[at] ?? ''), rows: body.map(cells) });
  return at + 2 + body.length;
}
