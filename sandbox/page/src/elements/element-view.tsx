// The exhaustive switch on element types; a new type in Slack's types does not compile until it is drawn.
import { type ReactNode, useId } from 'react';
import { useInteraction } from '../blocks/interaction.js';
import { isPageElement, type PageElement } from '../blocks/model.js';
import { useWords } from '../words/words.js';
import { ButtonElement, OverflowElement } from './button-element.js';
import { ChoiceElement } from './choice-element.js';
import { DateElement } from './date-element.js';
import { FileElement } from './file-element.js';
import { ImageView } from './image-view.js';
import { SelectElement } from './select-element.js';
import { TextElement } from './text-element.js';
import type { Frame } from './use-field.js';

/** Any element in the block that `frame` describes. */
export function ElementView({ element, frame }: { element: { type: string }; frame: Frame }): ReactNode {
  const words = useWords();
  if (isPageElement(element)) return <KnownElement element={element} frame={frame} />;
  return <span className="unsupported">{words.unsupportedElement(element.type)}</span>;
}

function KnownElement({ element, frame }: { element: PageElement; frame: Frame }): ReactNode {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return <ButtonElement element={element} frame={frame} />;
    case 'overflow':
      return <OverflowElement element={element} frame={frame} />;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'rich_text_input':
      return <TextElement element={element} frame={frame} />;
    case 'checkboxes':
    case 'radio_buttons':
      return <ChoiceElement element={element} frame={frame} />;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <DateElement element={element} frame={frame} />;
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
    case 'multi_static_select':
    case 'multi_external_select':
    case 'multi_users_select':
    case 'multi_conversations_select':
    case 'multi_channels_select':
      return <SelectElement element={element} frame={frame} />;
    case 'file_input':
      return <FileElement element={element} frame={frame} />;
    case 'image':
      return <ImageView image={element} className="image-accessory" />;
    default:
      return element satisfies never;
  }
}

/** Frame of an element that stands in a section or actions block: no label of its own, sends at once. */
export function useLooseFrame(blockId: string, labelledBy?: string): Frame {
  const id = useId();
  const { prefix } = useInteraction();
  return {
    blockId,
    controlId: `${prefix}-${id}`,
    labelledBy,
    invalid: false,
    required: false,
    clearable: false,
    dispatches: true,
  };
}
