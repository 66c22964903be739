// Draws rich_text blocks: sections, lists, quotes and preformatted text.

import type { RichTextBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { ReactNode } from 'react';
import { replaceEmoji } from './entities.js';
import { ChannelMention, UserMention } from './mention.js';
import { DateToken, Link } from './mrkdwn-text.js';
import { numbered } from './numbered.js';

/** A rich_text block. */
export function RichText({ block }: { block: RichTextBlock }) {
  return (
    <div className="rich-text text">
      {numbered(block.elements).map(({ key, item: element }) => (
        <RichPart key={key} part={element} />
      ))}
    </div>
  );
}

function RichPart({ part }: { part: RichTextBlockElement }): ReactNode {
  switch (part.type) {
    case 'rich_text_section':
      return (
        <p>
          <RichPieces pieces={part.elements} />
        </p>
      );
    case 'rich_text_list': {
      const List = part.style === 'ordered' ? 'ol' : 'ul';
      return (
        <List style={{ marginInlineStart: `${(part.indent ?? 0) * 1.5}em` }}>
          {numbered(part.elements).map(({ key, item }) => (
            <li key={key}>
              <RichPieces pieces={item.elements} />
            </li>
          ))}
        </List>
      );
    }
    case 'rich_text_quote':
      return (
        <blockquote className="text-quote">
          <RichPieces pieces={part.elements} />
        </blockquote>
      );
    case 'rich_text_preformatted':
      return (
        <pre className="text-fence">
          <RichPieces pieces={part.elements} />
        </pre>
      );
    default:
      return part satisfies never;
  }
}

function RichPieces({ pieces }: { pieces: readonly RichTextElement[] }) {
  return numbered(pieces).map(({ key, item: piece }) => (
    <Styled key={key} piece={piece}>
      <RichPiece piece={piece} />
    </Styled>
  ));
}

function RichPiece({ piece }: { piece: RichTextElement }): ReactNode {
  switch (piece.type) {
    case 'text':
      return piece.text;
    case 'link':
      return <Link url={piece.url}>{piece.text ?? piece.url}</Link>;
    case 'user':
      return <UserMention id={piece.user_id} />;
    case 'channel':
      return <ChannelMention id={piece.channel_id} />;
    case 'emoji':
      return replaceEmoji(`:${piece.name}:`);
    case 'broadcast':
      return <span className="mention mention-me">@{piece.range}</span>;
    case 'usergroup':
      return <span className="mention">@{piece.usergroup_id}</span>;
    case 'team':
      return <span className="mention">@{piece.team_id}</span>;
    case 'color':
      return <code className="text-code">{piece.value}</code>;
    case 'date':
      return (
        <DateToken
          seconds={piece.timestamp}
          format={piece.format}
          fallback={piece.fallback ?? ''}
          {...(piece.url ? { url: piece.url } : {})}
        />
      );
    default:
      return piece satisfies never;
  }
}

function Styled({ piece, children }: { piece: RichTextElement; children: ReactNode }): ReactNode {
  const style = piece.style;
  let node = children;
  if (style?.code) node = <code className="text-code">{node}</code>;
  if (style?.strike) node = <s>{node}</s>;
  if (style?.underline) node = <u>{node}</u>;
  if (style?.italic) node = <em>{node}</em>;
  if (style?.bold) node = <strong>{node}</strong>;
  return node;
}
