// The checks Slack's client makes before it sends a form: required, lengths, numbers, addresses.
import type { Block, StateValue, StateValues } from '../../../server/protocol.js';
import { listElements } from '../blocks/block-elements.js';
import type { PageElement } from '../blocks/model.js';
import { initialValue, isEmptyValue } from '../elements/initial-value.js';
import { countCharacters } from '../text/numbered.js';
import type { Words } from '../words/words.js';

/** Field errors by block_id, in the person's language; empty when the form may be sent. */
export function checkForm(
  blocks: readonly Block[],
  values: StateValues,
  words: Words,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { blockId, actionId, element, input } of listElements(blocks)) {
    if (!input) continue;
    const value = values[blockId]?.[actionId] ?? initialValue(element);
    const error = isEmptyValue(value)
      ? input.optional
        ? undefined
        : words.errorRequired
      : checkValue(element, value, words);
    if (error) errors[blockId] = error;
  }
  return errors;
}

function checkValue(element: PageElement, value: StateValue | undefined, words: Words): string | undefined {
  const text = value?.value ?? '';
  switch (element.type) {
    case 'plain_text_input': {
      const length = countCharacters(text);
      if (element.min_length !== undefined && length < element.min_length)
        return words.errorMinLength(element.min_length);
      if (element.max_length !== undefined && length > element.max_length)
        return words.errorMaxLength(element.max_length);
      return undefined;
    }
    case 'number_input': {
      const number = Number(text);
      if (!Number.isFinite(number)) return words.errorNumber;
      if (!element.is_decimal_allowed && !Number.isInteger(number)) return words.errorInteger;
      if (element.min_value !== undefined && number < Number(element.min_value))
        return words.errorMin(element.min_value);
      if (element.max_value !== undefined && number > Number(element.max_value))
        return words.errorMax(element.max_value);
      return undefined;
    }
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : words.errorEmail;
    case 'url_text_input':
      return /^https?:\/\/\S+$/.test(text) ? undefined : words.errorUrl;
    default:
      return undefined;
  }
}
