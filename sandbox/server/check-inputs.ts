// What Slack's own client checks before it submits a modal: required fields, lengths, numbers, addresses.
import type { Block, Locale, StateValues } from './protocol.js';
import { countCodePoints, type Json } from './validate-rules.js';
import { isEmptyValue, listFields, readValue } from './view-state.js';

const WORDS = {
  'zh-CN': {
    required: '请填写此必填字段。',
    tooShort: (min: number) => `至少需要 ${min} 个字符。`,
    tooLong: (max: number) => `不能超过 ${max} 个字符。`,
    number: '请输入有效的数字。',
    whole: '请输入整数。',
    least: (min: string) => `不能小于 ${min}。`,
    most: (max: string) => `不能大于 ${max}。`,
    email: '请输入有效的电子邮件地址。',
    url: '请输入有效的网址。',
  },
  'en-US': {
    required: 'Please complete this required field.',
    tooShort: (min: number) => `Must be at least ${min} characters.`,
    tooLong: (max: number) => `Must be no more than ${max} characters.`,
    number: 'Please enter a valid number.',
    whole: 'Please enter a whole number.',
    least: (min: string) => `Must be at least ${min}.`,
    most: (max: string) => `Must be no more than ${max}.`,
    email: 'Please enter a valid email address.',
    url: 'Please enter a valid URL.',
  },
};

function checkText(element: Json, text: string, words: (typeof WORDS)['en-US']): string | undefined {
  const length = countCodePoints(text);
  const max = typeof element.max_length === 'number' ? element.max_length : 3_000;
  if (typeof element.min_length === 'number' && length < element.min_length)
    return words.tooShort(element.min_length);
  if (length > max) return words.tooLong(max);
  return undefined;
}

function checkNumber(element: Json, text: string, words: (typeof WORDS)['en-US']): string | undefined {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return words.number;
  if (element.is_decimal_allowed !== true && text.includes('.')) return words.whole;
  const { min_value: min, max_value: max } = element;
  if (typeof min === 'string' && Number(text) < Number(min)) return words.least(min);
  if (typeof max === 'string' && Number(text) > Number(max)) return words.most(max);
  return undefined;
}

/** Field errors by block_id in the person's language; empty when the modal may be submitted. */
export function checkInputs(blocks: Block[], values: StateValues, locale: Locale): Record<string, string> {
  const words = WORDS[locale];
  const errors: Record<string, string> = {};
  for (const { block, blockId, actionId, element } of listFields(blocks)) {
    const held = values[blockId]?.[actionId];
    if (block.type !== 'input' || !held) continue;
    if (isEmptyValue(held)) {
      if (block.optional !== true) errors[blockId] = words.required;
      continue;
    }
    const value = readValue(held);
    if (typeof value !== 'string') continue;
    let error: string | undefined;
    if (element.type === 'plain_text_input') error = checkText(element, value, words);
    if (element.type === 'number_input') error = checkNumber(element, value, words);
    if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value)) error = words.email;
    if (element.type === 'url_text_input' && !/^https?:\/\/\S+$/i.test(value)) error = words.url;
    if (error) errors[blockId] = error;
  }
  return errors;
}
