// Draws parsed Markdown (the markdown block); headings stay below the page's own in the outline.

import { Fragment, memo, type ReactNode } from 'react';
import { ScrollBox } from '../ui/scroll-box.js';
import { useWords } from '../words/words.js';
import { replaceEmoji } from './entities.js';
import { type MdBlock, type MdInline, parseMarkdown } from './markdown.js';
import { Link } from './mrkdwn-text.js';
import { numbered } from './numbered.js';

/** A markdown block's text. */
export const MarkdownText = memo(function MarkdownText({ text }: { text: string }) {
  return (
    <div className="markdown text">
      {numbered(parseMarkdown(text)).map(({ key, item: block }) => (
        <MarkdownPart key={key} block={block} />
      ))}
    </div>
  );
});

function MarkdownPart({ block }: { block: MdBlock }): ReactNode {
  const words = useWords();
  switch (block.kind) {
    case 'heading': {
      // Headings of a text inside a message are no part of the page's outline.
      return (
        <p className={`md-heading md-h${block.level}`}>
          <Pieces nodes={block.children} />
        </p>
      );
    }
    case 'paragraph':
      return (
        <p>
          <Lines lines={block.lines} />
        </p>
      );
    case 'quote':
      return (
        <blockquote className="text-quote">
          <Lines lines={block.lines} />
        </blockquote>
      );
    case 'fence':
      return <pre className="text-fence">{block.text}</pre>;
    case 'rule':
      return <hr />;
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List {...(block.ordered ? { start: block.start } : {})}>
          {numbered(block.items).map(({ key, item }) => (
            <li key={key} style={{ marginInlineStart: `${item.depth * 1.5}em` }}>
              <Pieces nodes={item.children} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return (
        <ScrollBox className="table-scroll" label={words.table}>
          <table className="block-table">
            <thead>
              <tr>
                {numbered(block.head).map(({ key, item: cell }) => (
                  <th key={key} scope="col">
                    <Pieces nodes={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {numbered(block.rows).map(({ key, item: row }) => (
                <tr key={key}>
                  {numbered(row).map(({ key, item: cell }) => (
                    <td key={key}>
                      <Pieces nodes={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      );
    default:
      return block satisfies never;
  }
}

function Lines({ lines }: { lines: readonly MdInline[][] }) {
  return numbered(lines).map(({ key, item: line, index }) => (
    <Fragment key={key}>
      {index > 0 && <br />}
      <Pieces nodes={line} />
    </Fragment>
  ));
}

function Pieces({ nodes }: { nodes: readonly MdInline[] }) {
  return numbered(nodes).map(({ key, item: node }) => <Piece key={key} node={node} />);
}

function Piece({ node }: { node: MdInline }): ReactNode {
  switch (node.kind) {
    case 'text':
      return replaceEmoji(node.text);
    case 'code':
      return <code className="text-code">{node.text}</code>;
    case 'link':
      return (
        <Link url={node.url}>
          <Pieces nodes={node.children} />
        </Link>
      );
    case 'bold':
      return (
        <strong>
          <Pieces nodes={node.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Pieces nodes={node.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Pieces nodes={node.children} />
        </s>
      );
    default:
      return node satisfies never;
  }
}
