// Draws parsed Markdown (the markdown block); headings stay below the page's own in the outline.
import { Fragment, memo, type ReactNode } from 'react';
import { replaceEmoji } from './entities.js';
import { type MdBlock, type MdInline, parseMarkdown } from './markdown.js';
import { Link } from './mrkdwn-text.js';

/** A markdown block's text. */
export const MarkdownText = memo(function MarkdownText({ text }: { text: string }) {
  return (
    <div className="markdown text">
      {parseMarkdown(text).map((block, index) => (
        <MarkdownPart key={`${index}-${block.kind}`} block={block} />
      ))}
    </div>
  );
});

function MarkdownPart({ block }: { block: MdBlock }): ReactNode {
  switch (block.kind) {
    case 'heading':
      return (
        <p
          role="heading"
          aria-level={Math.min(6, block.level + 3)}
          className={`md-heading md-h${block.level}`}
        >
          <Pieces nodes={block.children} />
        </p>
      );
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
          {block.items.map((item, index) => (
            <li key={`${index}-${item.depth}`} style={{ marginInlineStart: `${item.depth * 1.5}em` }}>
              <Pieces nodes={item.children} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return (
        <div className="table-scroll">
          <table className="block-table">
            <thead>
              <tr>
                {block.head.map((cell, index) => (
                  <th key={`${index}-${cell.length}`} scope="col">
                    <Pieces nodes={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={`${at}-${row.length}`}>
                  {row.map((cell, index) => (
                    <td key={`${index}-${cell.length}`}>
                      <Pieces nodes={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return block satisfies never;
  }
}

function Lines({ lines }: { lines: readonly MdInline[][] }) {
  return lines.map((line, index) => (
    <Fragment key={`${index}-${line.length}`}>
      {index > 0 && <br />}
      <Pieces nodes={line} />
    </Fragment>
  ));
}

function Pieces({ nodes }: { nodes: readonly MdInline[] }) {
  return nodes.map((node, index) => <Piece key={`${index}-${node.kind}`} node={node} />);
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
