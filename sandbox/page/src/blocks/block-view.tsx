// The exhaustive switch on block types; what Slack draws and this page does not becomes a labelled box.

import { memo, type ReactNode } from 'react';
import type { Block } from '../../../server/protocol.js';
import { ElementView, useLooseFrame } from '../elements/element-view.js';
import { ImageView } from '../elements/image-view.js';
import { MarkdownText } from '../text/markdown-text.js';
import { numbered } from '../text/numbered.js';
import { RichText } from '../text/rich-text.js';
import { TextView, textOf } from '../text/text-object.js';
import { Icon, type IconName } from '../ui/icon.js';
import { explain } from '../words/explain.js';
import { useWords } from '../words/words.js';
import { ChartView } from './chart-view.js';
import { FileBlockView } from './file-block-view.js';
import { InputView } from './input-view.js';
import { useInteraction } from './interaction.js';
import { isPageBlock, type PageBlock } from './model.js';
import { SectionView } from './section-view.js';
import { TableView } from './table-view.js';

type Of<T extends PageBlock['type']> = Extract<PageBlock, { type: T }>;

/** All blocks of a message or view, in order. */
export function BlockList({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className="blocks">
      {blocks.map((block) => (
        <div key={block.block_id} className={`block block-${block.type}`} data-block-id={block.block_id}>
          <BlockView block={block} />
          <BlockProgress blockId={block.block_id} />
        </div>
      ))}
    </div>
  );
}

const BlockView = memo(function BlockView({ block }: { block: Block }): ReactNode {
  return isPageBlock(block) ? (
    <KnownBlockView block={block} blockId={block.block_id} />
  ) : (
    <Unsupported type={block.type} />
  );
});

function KnownBlockView({ block, blockId }: { block: PageBlock; blockId: string }): ReactNode {
  switch (block.type) {
    case 'header':
      return <HeaderView text={textOf(block.text)} />;
    case 'section':
      return <SectionView block={block} blockId={blockId} />;
    case 'divider':
      return <hr />;
    case 'context':
      return <ContextView block={block} />;
    case 'actions':
      return <ActionsView block={block} blockId={blockId} />;
    case 'input':
      return <InputView block={block} blockId={blockId} />;
    case 'image':
      return (
        <figure>
          {block.title && <figcaption>{textOf(block.title)}</figcaption>}
          <ImageView image={block} className="image-block" />
        </figure>
      );
    case 'rich_text':
      return <RichText block={block} />;
    case 'markdown':
      return <MarkdownText text={block.text} />;
    case 'table':
      return <TableView rows={block.rows} columns={block.column_settings ?? []} />;
    case 'data_table':
      return <TableView rows={block.rows} columns={[]} caption={block.caption} />;
    case 'alert':
      return <AlertView block={block} />;
    case 'file':
      return <FileBlockView externalId={block.external_id} />;
    case 'data_visualization':
      return <ChartView block={block} />;
    case 'card':
    case 'carousel':
    case 'container':
    case 'context_actions':
    case 'plan':
    case 'task_card':
    case 'video':
      return <Unsupported type={block.type} />;
    default:
      return block satisfies never;
  }
}

function HeaderView({ text }: { text: string }) {
  const { heading: Heading } = useInteraction();
  return <Heading className="block-header-text">{text}</Heading>;
}

function Unsupported({ type }: { type: string }) {
  const words = useWords();
  return (
    <p className="unsupported" role="note">
      {words.unsupportedBlock(type)}
    </p>
  );
}

function ContextView({ block }: { block: Of<'context'> }) {
  return (
    <div className="context">
      {numbered(block.elements).map(({ key, item: element }) =>
        element.type === 'image' ? (
          <ImageView key={key} image={element} className="image-context" />
        ) : (
          <TextView key={key} text={element} />
        ),
      )}
    </div>
  );
}

function ActionsView({ block, blockId }: { block: Of<'actions'>; blockId: string }) {
  const frame = useLooseFrame(blockId);
  const { prefix } = useInteraction();
  return (
    <div className="actions">
      {block.elements.map((element, index) => (
        <ElementView
          key={element.action_id ?? index}
          element={element}
          frame={{ ...frame, controlId: `${prefix}-${blockId}-${element.action_id ?? index}` }}
        />
      ))}
    </div>
  );
}

const ALERT_ICONS: Readonly<Record<NonNullable<Of<'alert'>['level']>, IconName>> = {
  default: 'info',
  info: 'info',
  warning: 'warn',
  error: 'warn',
  success: 'check',
};

function AlertView({ block }: { block: Of<'alert'> }) {
  const level = block.level ?? 'default';
  return (
    <div
      className={`alert alert-${level}`}
      role={level === 'error' || level === 'warning' ? 'alert' : 'status'}
    >
      <Icon name={ALERT_ICONS[level]} />
      <TextView text={block.text} />
    </div>
  );
}

/** What went wrong is never below the edge of what is seen. */
const bringIntoView = (box: HTMLElement | null): void => box?.scrollIntoView({ block: 'nearest' });

/** Under a block: what became of its last action when that was not an answer in time. */
function BlockProgress({ blockId }: { blockId: string }): ReactNode {
  const words = useWords();
  const { progress } = useInteraction();
  const failed = [...progress].find(
    ([key, one]) => key.startsWith(`${blockId}\u0000`) && one.state !== 'pending',
  );
  if (!failed) return null;
  const [, { state, text }] = failed;
  return (
    <p ref={bringIntoView} className="block-trouble" role="alert" data-ack-status={state}>
      <Icon name="warn" /> {state === 'timeout' ? words.timeout : explain(text ?? '', words)}
    </p>
  );
}
