// table and data_table blocks; the first row is the heading, as Slack draws it.

import type { TableBlock } from '@slack/types';
import { replaceEmoji } from '../text/entities.js';
import { numbered } from '../text/numbered.js';
import { RichText } from '../text/rich-text.js';
import { ScrollBox } from '../ui/scroll-box.js';
import { useWords } from '../words/words.js';

type Cell = TableBlock['rows'][number][number];
type Column = NonNullable<TableBlock['column_settings']>[number] | null;

/** A table that scrolls sideways by itself where it is too wide. */
export function TableView(props: {
  rows: readonly (readonly Cell[])[];
  columns: readonly Column[];
  caption?: string;
}) {
  const words = useWords();
  const [head = [], ...body] = props.rows;
  const style = (index: number) => ({
    textAlign: props.columns[index]?.align ?? ('left' as const),
    whiteSpace: props.columns[index]?.is_wrapped ? ('normal' as const) : ('nowrap' as const),
  });
  return (
    <ScrollBox className="table-scroll" label={props.caption ?? words.table}>
      <table className="block-table">
        {props.caption && <caption>{props.caption}</caption>}
        <thead>
          <tr>
            {numbered(head).map(({ key, item: cell, index }) => (
              <th key={key} scope="col" style={style(index)}>
                <CellView cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbered(body).map(({ key, item: row }) => (
            <tr key={key}>
              {numbered(row).map(({ key, item: cell, index }) => (
                <td key={key} style={style(index)}>
                  <CellView cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function CellView({ cell }: { cell: Cell }) {
  if (cell.type === 'rich_text') return <RichText block={cell} />;
  return replaceEmoji(cell.text);
}
