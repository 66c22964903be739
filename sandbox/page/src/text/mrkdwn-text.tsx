// Draws parsed mrkdwn as React nodes; links open in a new tab and only with safe schemes.

import { Fragment, memo, type ReactNode } from 'react';
import { useAppNow } from '../store/page-context.js';
import { useLanguage } from '../words/words.js';
import { replaceEmoji, safeUrl } from './entities.js';
import { formatInstant } from './format-time.js';
import { ChannelMention, UserMention } from './mention.js';
import { type BlockNode, type InlineNode, parseMrkdwn } from './mrkdwn.js';
import { numbered } from './numbered.js';
import { fillDateFormat } from './slack-date.js';

/** Message or block text written in mrkdwn. */
export const MrkdwnText = memo(function MrkdwnText({ text }: { text: string }) {
  return numbered(parseMrkdwn(text)).map(({ key, item, index }, _at, all) => (
    <Fragment key={key}>
      {item.kind === 'line' && all[index - 1]?.item.kind === 'line' && <br />}
      <Piece node={item} />
    </Fragment>
  ));
});

function Piece({ node }: { node: BlockNode }): ReactNode {
  if (node.kind === 'fence') return <pre className="text-fence">{node.text}</pre>;
  if (node.kind === 'line') return <Inline nodes={node.children} />;
  return (
    <blockquote className="text-quote">
      {numbered(node.lines).map(({ key, item, index }) => (
        <Fragment key={key}>
          {index > 0 && <br />}
          <Inline nodes={item} />
        </Fragment>
      ))}
    </blockquote>
  );
}

function Inline({ nodes }: { nodes: readonly InlineNode[] }) {
  return numbered(nodes).map(({ key, item: node }) => <InlinePiece key={key} node={node} />);
}

function InlinePiece({ node }: { node: InlineNode }): ReactNode {
  switch (node.kind) {
    case 'text':
      return replaceEmoji(node.text);
    case 'bold':
      return (
        <strong>
          <Inline nodes={node.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Inline nodes={node.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Inline nodes={node.children} />
        </s>
      );
    case 'code':
      return <code className="text-code">{node.text}</code>;
    case 'link':
      return <Link url={node.url}>{node.label}</Link>;
    case 'user':
      return <UserMention id={node.id} label={node.label} />;
    case 'channel':
      return <ChannelMention id={node.id} label={node.label} />;
    case 'broadcast':
      return <span className="mention mention-me">@{node.range}</span>;
    case 'date':
      return <DateToken {...node} />;
    default:
      return node satisfies never;
  }
}

/** A link that opens beside the page; an unsafe address is shown as plain text. */
export function Link({ url, children }: { url: string; children: ReactNode }) {
  const href = safeUrl(url);
  if (!href) return children;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

/** An instant in the reader's zone; the fallback when the number makes no sense. */
export function DateToken(props: { seconds: number; format: string; url?: string; fallback: string }) {
  const language = useLanguage();
  const now = useAppNow();
  if (!Number.isFinite(props.seconds)) return props.fallback;
  const text = fillDateFormat(props.format, props.seconds, now, language);
  const time = (
    <time
      dateTime={new Date(props.seconds * 1000).toISOString()}
      title={formatInstant(props.seconds * 1000, language)}
    >
      {text}
    </time>
  );
  return props.url ? <Link url={props.url}>{time}</Link> : time;
}
