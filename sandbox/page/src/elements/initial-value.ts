// The value an element starts with, in the shape Slack gives it in state.values.
import type { OptionObject, StateValue } from '../../../server/protocol.js';
import type { PageElement } from '../blocks/model.js';

/** Initial value from the element's own initial_*; undefined for elements that hold no value. */
export function initialValue(element: PageElement): StateValue | undefined {
  const { type } = element;
  switch (type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return { type, value: element.initial_value ?? null };
    case 'checkboxes':
    case 'multi_static_select':
    case 'multi_external_select':
      return { type, selected_options: (element.initial_options ?? []) satisfies OptionObject[] };
    case 'radio_buttons':
    case 'static_select':
    case 'external_select':
      return { type, selected_option: element.initial_option ?? null };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: element.initial_date_time ?? null };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    case 'multi_conversations_select':
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'multi_channels_select':
      return { type, selected_channels: element.initial_channels ?? [] };
    case 'file_input':
      return { type, files: [] };
    case 'rich_text_input':
      return { type, rich_text_value: null };
    case 'button':
    case 'workflow_button':
    case 'overflow':
    case 'image':
      return undefined;
    default:
      return element satisfies never;
  }
}

/** True when nothing is filled in. */
export function isEmptyValue(value: StateValue | undefined): boolean {
  if (!value) return true;
  const { type: _type, timezone: _timezone, ...parts } = value;
  return Object.values(parts).every(
    (part) =>
      part === null ||
      part === undefined ||
      (typeof part === 'string' && part.trim() === '') ||
      (Array.isArray(part) && part.length === 0),
  );
}
