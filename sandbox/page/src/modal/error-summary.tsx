// Above a form that was sent back: which fields need another look, each a link to its field.
import type { Block } from '../../../server/protocol.js';
import { listElements } from '../blocks/block-elements.js';
import { useWords } from '../words/words.js';

interface SummaryProps {
  errors: Readonly<Record<string, string>>;
  blocks: readonly Block[];
  prefix: string;
}

/** Nothing when there are no errors. */
export function ErrorSummary({ errors, blocks, prefix }: SummaryProps) {
  const words = useWords();
  const found = Object.entries(errors);
  if (found.length === 0) return null;
  const labels = new Map(listElements(blocks).map((one) => [one.blockId, one.input?.label ?? one.blockId]));
  const goTo = (blockId: string) => document.getElementById(`${prefix}-${blockId}-control`)?.focus();
  return (
    <div className="alert alert-error error-summary" role="alert">
      <p>{words.errorSummary(found.length)}</p>
      <ul>
        {found.map(([blockId, error]) => (
          <li key={blockId}>
            <button type="button" className="link-button" onClick={() => goTo(blockId)}>
              {labels.get(blockId) ?? blockId}
            </button>
            {`: ${error}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
