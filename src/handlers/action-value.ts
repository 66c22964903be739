// What a click or a choice carries.
import type { BlockElementAction } from '@slack/bolt';

/** The button's value, the chosen option's, the day or the person; '' for anything else. */
export function valueOfAction(action: BlockElementAction): string {
  switch (action.type) {
    case 'button':
      return action.value ?? '';
    case 'overflow':
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return action.selected_option?.value ?? '';
    case 'datepicker':
      return action.selected_date ?? '';
    case 'users_select':
      return action.selected_user;
    default:
      return '';
  }
}
