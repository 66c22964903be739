// table and data_table blocks; the first row is the heading, as Slack draws it.
import type { DataTableBlock, TableBlock } from '@slack/types';
import { replaceEmoji } from '../text/entities.js';
import { RichText } from '../text/rich-text.js';

type Cell = TableBlock['rows'][number][number] | DataTableBlock['rows'][number][number];
type Column = NonNullable<TableBlock['column_settings']>[number] | null;

/** A table that scrolls sideways by itself where it is too wide. */
export function TableView(props: {
  rows: readonly (readonly Cell[])[];
  columns: readonly Column[];
  caption?: string;
}) {
  const [head = [], ...body] = props.rows;
  const style = (index: number) => ({
    textAlign: props.columns[index]?.align ?? ('left' as const),
    whiteSpace: props.columns[index]?.is_wrapped ? ('normal' as const) : ('nowrap' as const),
  });
  return (
    // A scrolling box must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard scrolling of a wide table
    <div className="table-scroll" tabIndex={0} role="group" aria-label={props.caption}>
      <table className="block-table">
        {props.caption && <caption>{props.caption}</caption>}
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={`${index}-${cell.type}`} scope="col" style={style(index)}>
                <CellView cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, at) => (
            <tr key={`${at}-${row.length}`}>
              {row.map((cell, index) => (
                <td key={`${index}-${cell.type}`} style={style(index)}>
                  <CellView cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellView({ cell }: { cell: Cell }) {
  if (cell.type === 'rich_text') return <RichText block={cell} />;
  return replaceEmoji(cell.text);
}
