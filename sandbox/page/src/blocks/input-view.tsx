// The input block: a visible label tied to its control, the hint, and the error on the field itself.
import type { InputBlock } from '@slack/types';
import { ElementView } from '../elements/element-view.js';
import type { Frame } from '../elements/use-field.js';
import { textOf } from '../text/text-object.js';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';
import { useInteraction } from './interaction.js';

/** One labelled input. */
export function InputView({ block, blockId }: { block: InputBlock; blockId: string }) {
  const words = useWords();
  const { prefix, errors } = useInteraction();
  const id = `${prefix}-${blockId}`;
  const error = errors[blockId];
  const optional = block.optional ?? false;
  const described = [error ? `${id}-error` : '', block.hint ? `${id}-hint` : ''].filter(Boolean).join(' ');
  const frame: Frame = {
    blockId,
    controlId: `${id}-control`,
    labelledBy: `${id}-label`,
    describedBy: described || undefined,
    invalid: error !== undefined,
    required: !optional,
    clearable: optional,
    dispatches: block.dispatch_action ?? false,
  };
  return (
    <div className={error ? 'input input-invalid' : 'input'}>
      <label id={`${id}-label`} htmlFor={frame.controlId} className="input-label">
        {textOf(block.label)}
        {optional && <span className="input-optional"> {words.optional}</span>}
      </label>
      <ElementView element={block.element} frame={frame} />
      {error && (
        <p id={`${id}-error`} className="field-error" data-error-for={blockId}>
          <Icon name="warn" /> {error}
        </p>
      )}
      {block.hint && (
        <p id={`${id}-hint`} className="field-hint">
          {textOf(block.hint)}
        </p>
      )}
    </div>
  );
}
