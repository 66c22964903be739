// Buttons and overflow menus: pressed, perhaps confirmed, sent once.
import type { Button, Overflow, WorkflowButton } from '@slack/types';
import { safeUrl } from '../text/entities.js';
import { textOf } from '../text/text-object.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { Spinner } from '../ui/spinner.js';
import { useWords } from '../words/words.js';
import { type Frame, useField } from './use-field.js';

const STYLES = { primary: 'button button-primary', danger: 'button button-danger' } as const;

/** A button; while its action is under way it shows a spinner and a second press does nothing. */
export function ButtonElement({ element, frame }: { element: Button | WorkflowButton; frame: Frame }) {
  const field = useField(element, frame);
  const words = useWords();
  const text = textOf(element.text);
  return (
    <>
      <button
        type="button"
        className={element.style ? STYLES[element.style] : 'button'}
        aria-label={element.accessibility_label}
        aria-disabled={field.pending}
        aria-busy={field.pending}
        data-action-id={element.action_id ?? ''}
        title={text}
        onClick={() => {
          const url = element.type === 'button' && element.url ? safeUrl(element.url) : undefined;
          if (url) window.open(url, '_blank', 'noopener');
          field.press(
            element.type === 'button' && element.value !== undefined ? { value: element.value } : {},
          );
        }}
      >
        <span className="button-text">{text}</span>
        {field.pending && (
          <>
            <Spinner />
            <span className="hidden-text">{words.working}</span>
          </>
        )}
      </button>
      {field.confirmation}
    </>
  );
}

/** The ⋯ menu. */
export function OverflowElement({ element, frame }: { element: Overflow; frame: Frame }) {
  const field = useField(element, frame);
  const words = useWords();
  return (
    <>
      <Menu
        label={words.moreOptions}
        className="button button-icon"
        disabled={field.pending}
        buttonData={{ 'data-action-id': element.action_id ?? '' }}
        items={element.options.map((option, index) => ({
          key: `${index}-${option.value ?? ''}`,
          label: textOf(option.text),
          data: { 'data-option-value': option.value ?? '' },
          ...(option.description ? { hint: textOf(option.description) } : {}),
          onChoose: () => {
            const url = option.url ? safeUrl(option.url) : undefined;
            if (url) window.open(url, '_blank', 'noopener');
            field.press({ selected_option: option });
          },
        }))}
      >
        {field.pending ? <Spinner /> : <Icon name="more" />}
      </Menu>
      {field.confirmation}
    </>
  );
}
