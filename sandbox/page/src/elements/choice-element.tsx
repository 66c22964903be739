// Checkboxes and radio buttons.
import type { Checkboxes, RadioButtons } from '@slack/types';
import type { OptionObject } from '../../../server/protocol.js';
import { TextView } from '../text/text-object.js';
import { controlAttributes, type Frame, useField } from './use-field.js';

/** A group of boxes (any number) or radio buttons (one). */
export function ChoiceElement({ element, frame }: { element: Checkboxes | RadioButtons; frame: Frame }) {
  const field = useField(element, frame);
  const many = element.type === 'checkboxes';
  const options: readonly OptionObject[] = element.options;
  const chosen = many ? (field.value?.selected_options ?? []) : [field.value?.selected_option];
  const isChosen = (option: OptionObject) => chosen.some((one) => one?.value === option.value);

  const choose = (option: OptionObject, on: boolean) => {
    if (!many) {
      field.change({ type: element.type, selected_option: option }, frame.dispatches);
      return;
    }
    const next = options.filter((one) => (one.value === option.value ? on : isChosen(one)));
    field.change({ type: element.type, selected_options: next }, frame.dispatches);
  };

  const { 'aria-invalid': _invalid, ...attributes } = controlAttributes(element, frame);
  return (
    <div {...attributes} className="choices" role={many ? 'group' : 'radiogroup'} tabIndex={-1}>
      {options.map((option, index) => (
        <label key={option.value ?? index} className="choice" data-option-value={option.value ?? ''}>
          <input
            type={many ? 'checkbox' : 'radio'}
            name={frame.controlId}
            checked={isChosen(option)}
            onChange={(event) => choose(option, event.target.checked)}
          />
          <span>
            <TextView text={option.text} />
            {option.description && (
              <small>
                <TextView text={option.description} />
              </small>
            )}
          </span>
        </label>
      ))}
      {field.confirmation}
    </div>
  );
}
