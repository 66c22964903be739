// mrkdwn as plain words: for screen readers and one-line previews.
import { type InlineNode, parseMrkdwn } from './mrkdwn.js';

function plainInline(node: InlineNode): string {
  if ('children' in node) return node.children.map(plainInline).join('');
  if ('text' in node) return node.text;
  if ('label' in node && node.label) return node.label;
  return 'fallback' in node ? node.fallback : '';
}

/** The words of mrkdwn text without its marks, at most 200 characters. */
export function plainText(text: string): string {
  const lines = parseMrkdwn(text).flatMap((node) => {
    if (node.kind === 'fence') return [node.text];
    return node.kind === 'quote'
      ? node.lines.flat().map(plainInline)
      : [node.children.map(plainInline).join('')];
  });
  return lines.join(' ').slice(0, 200);
}
