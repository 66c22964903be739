// Parses Slack's mrkdwn into a small tree; drawing it is mrkdwn-text.tsx's work. Never produces HTML.
import { decodeEntities } from './entities.js';

export type InlineNode =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: InlineNode[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'user'; id: string; label?: string }
  | { kind: 'channel'; id: string; label?: string }
  | { kind: 'broadcast'; range: string }
  | { kind: 'date'; seconds: number; format: string; url?: string; fallback: string };

export type BlockNode =
  | { kind: 'line'; children: InlineNode[] }
  | { kind: 'quote'; lines: InlineNode[][] }
  | { kind: 'fence'; text: string };

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** Splits mrkdwn into code fences, quotes and lines, each with its inline nodes. */
export function parseMrkdwn(source: string): BlockNode[] {
  const nodes: BlockNode[] = [];
  const parts = source.split('```');
  parts.forEach((part, index) => {
    const isFence = index % 2 === 1 && index < parts.length - 1;
    if (isFence) nodes.push({ kind: 'fence', text: decodeEntities(part.replace(/^\n|\n$/g, '')) });
    else parseLines(index % 2 === 1 ? `\`\`\`${part}` : trimAroundFence(part, index, parts.length), nodes);
  });
  return nodes;
}

function trimAroundFence(part: string, index: number, count: number): string {
  const head = index > 0 ? part.replace(/^\n/, '') : part;
  return index < count - 1 ? head.replace(/\n$/, '') : head;
}

function parseLines(text: string, into: BlockNode[]): void {
  if (text === '') return;
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    if (!quoted) {
      into.push({ kind: 'line', children: parseInline(line) });
      continue;
    }
    const children = parseInline(line.slice(quoted[0].length));
    const last = into.at(-1);
    if (last?.kind === 'quote') last.lines.push(children);
    else into.push({ kind: 'quote', lines: [children] });
  }
}

/** Inline nodes of one line of mrkdwn. */
export function parseInline(line: string): InlineNode[] {
  const nodes: InlineNode[] = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain !== '') nodes.push({ kind: 'text', text: decodeEntities(plain) });
    plain = '';
  };
  while (at < line.length) {
    const found = readToken(line, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += line[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function readToken(line: string, at: number): { node: InlineNode; end: number } | undefined {
  const char = line[at];
  if (char === '<') return readAngle(line, at);
  if (char === '`') {
    const end = line.indexOf('`', at + 1);
    return end > at + 1
      ? { node: { kind: 'code', text: decodeEntities(line.slice(at + 1, end)) }, end: end + 1 }
      : undefined;
  }
  if (char === '*' || char === '_' || char === '~') return readStyled(line, at, char);
  return undefined;
}

function readStyled(line: string, at: number, mark: keyof typeof STYLES) {
  const opens = !isWord(line[at - 1]) && line[at + 1] !== undefined && !/\s/.test(line[at + 1] ?? ' ');
  if (!opens || line[at + 1] === mark) return undefined;
  for (let end = line.indexOf(mark, at + 2); end !== -1; end = line.indexOf(mark, end + 1)) {
    if (/\s/.test(line[end - 1] ?? ' ') || isWord(line[end + 1])) continue;
    return {
      node: { kind: STYLES[mark], children: parseInline(line.slice(at + 1, end)) } satisfies InlineNode,
      end: end + 1,
    };
  }
  return undefined;
}

function readAngle(line: string, at: number): { node: InlineNode; end: number } | undefined {
  const close = line.indexOf('>', at);
  if (close === -1) return undefined;
  const body = line.slice(at + 1, close);
  const bar = body.indexOf('|');
  const target = bar === -1 ? body : body.slice(0, bar);
  const label = bar === -1 ? undefined : decodeEntities(body.slice(bar + 1));
  const node = readTarget(target, label);
  return node && { node, end: close + 1 };
}

function readTarget(target: string, label: string | undefined): InlineNode | undefined {
  const named = label ? { label } : {};
  if (/^@[UW][A-Z0-9_]+$/.test(target)) return { kind: 'user', id: target.slice(1), ...named };
  if (/^#[CGD][A-Z0-9_]+$/.test(target)) return { kind: 'channel', id: target.slice(1), ...named };
  if (target.startsWith('!date^')) {
    const [, seconds = '', format = '', url] = target.split('^');
    return { kind: 'date', seconds: Number(seconds), format, fallback: label ?? '', ...(url ? { url } : {}) };
  }
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: 'broadcast', range: target.slice(1) };
  if (target.startsWith('!subteam^')) return { kind: 'text', text: label ?? '@group' };
  if (!/^(https?:|mailto:|tel:|slack:)/.test(target)) return undefined;
  const url = decodeEntities(target);
  return { kind: 'link', url, label: label ?? url.replace(/^mailto:/, '') };
}
