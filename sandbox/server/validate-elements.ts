// Rules of every block element, as one table by type, and where each may stand.
import { isDeepStrictEqual } from 'node:util';
import { LIMITS } from './validate-limits.js';
import {
  anyText,
  choiceOption,
  confirm,
  conversationFilter,
  dispatchConfig,
  httpUrl,
  id,
  optionGroup,
  overflowOption,
  plainText,
  requireOneOf,
  selectOption,
  style,
  url,
} from './validate-objects.js';
import { richTextBlock } from './validate-rich-text.js';
import {
  byType,
  countCodePoints,
  flag,
  type Json,
  list,
  literal,
  object,
  objectsIn,
  type Report,
  type Rule,
  string,
  whole,
} from './validate-rules.js';

type Check = (value: Json, pointer: string, report: Report) => void;

const focus = { focus_on_load: flag };
const placeholder = { placeholder: plainText(LIMITS.placeholder) };
const confirmable = { confirm };
const dispatchable = { dispatch_action_config: dispatchConfig };
const maxSelected = { max_selected_items: whole(1, Number.MAX_SAFE_INTEGER) };
const minQuery = { min_query_length: whole(0, Number.MAX_SAFE_INTEGER) };
const responseUrl = { response_url_enabled: flag };
const date = string({ max: 10, form: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, formName: 'date' });
const time = string({ max: 5, form: /^([01]\d|2[0-3]):[0-5]\d$/, formName: 'time' });
const decimal = string({ max: 100, form: /^-?\d+(\.\d+)?$/, formName: 'number' });

function element(
  type: string,
  optional: Record<string, Rule>,
  required: Record<string, Rule> = {},
  also?: Check,
): Rule {
  return object({
    required: { type: literal(type), ...required },
    optional: { action_id: id, ...optional },
    ...(also ? { also } : {}),
  });
}

/** Every initial option must be one of the options, exactly. */
const initialAmongOptions: Check = (value, pointer, report) => {
  const groups = objectsIn(value.option_groups).flatMap((group) => objectsIn(group.options));
  const options = [...objectsIn(value.options), ...groups];
  const check = (initial: unknown, at: string) => {
    if (!options.some((option) => isDeepStrictEqual(option, initial))) {
      report(at, 'initial option must match one of the options exactly');
    }
  };
  if (value.initial_option) check(value.initial_option, `${pointer}/initial_option`);
  objectsIn(value.initial_options).forEach((initial, index) => {
    check(initial, `${pointer}/initial_options/${index}`);
  });
};

const staticOptions: Check = (value, pointer, report) => {
  requireOneOf(value, ['options', 'option_groups'], pointer, report);
  initialAmongOptions(value, pointer, report);
};

const staticLists = {
  options: list(selectOption, { max: LIMITS.options }),
  option_groups: list(optionGroup, { max: LIMITS.groups }),
};

const inputLengths: Check = (value, pointer, report) => {
  const { min_length: min, max_length: max, initial_value: initial } = value;
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    report(pointer, 'min_length must not be more than max_length');
  }
  if (typeof initial === 'string' && typeof max === 'number' && countCodePoints(initial) > max) {
    report(`${pointer}/initial_value`, `must be less than ${max + 1} characters`);
  }
};

const single = { ...focus, ...placeholder, ...confirmable };
const multi = { ...single, ...maxSelected };
const idList = list(id, { min: 0, max: 100 });

export const imageElement: Rule = object({
  required: { type: literal('image'), alt_text: string({ max: LIMITS.altText }) },
  optional: { image_url: httpUrl, slack_file: object({ optional: { id, url: httpUrl } }) },
  also: (value, pointer, report) => requireOneOf(value, ['image_url', 'slack_file'], pointer, report),
});

export const ELEMENTS: Record<string, Rule> = {
  button: element(
    'button',
    {
      value: string({ max: LIMITS.buttonValue }),
      url,
      style,
      accessibility_label: string({ max: LIMITS.accessibilityLabel }),
      ...confirmable,
    },
    { text: plainText(LIMITS.buttonText) },
  ),
  overflow: element('overflow', confirmable, { options: list(overflowOption, { max: LIMITS.overflow }) }),
  static_select: element(
    'static_select',
    { ...staticLists, initial_option: selectOption, ...single },
    {},
    staticOptions,
  ),
  multi_static_select: element(
    'multi_static_select',
    { ...staticLists, initial_options: list(selectOption, { max: LIMITS.options }), ...multi },
    {},
    staticOptions,
  ),
  external_select: element('external_select', { initial_option: selectOption, ...minQuery, ...single }),
  multi_external_select: element('multi_external_select', {
    initial_options: list(selectOption, { max: LIMITS.options }),
    ...minQuery,
    ...multi,
  }),
  users_select: element('users_select', { initial_user: id, ...single }),
  multi_users_select: element('multi_users_select', { initial_users: idList, ...multi }),
  conversations_select: element('conversations_select', {
    initial_conversation: id,
    default_to_current_conversation: flag,
    filter: conversationFilter,
    ...responseUrl,
    ...single,
  }),
  multi_conversations_select: element('multi_conversations_select', {
    initial_conversations: idList,
    default_to_current_conversation: flag,
    filter: conversationFilter,
    ...multi,
  }),
  channels_select: element('channels_select', { initial_channel: id, ...responseUrl, ...single }),
  multi_channels_select: element('multi_channels_select', { initial_channels: idList, ...multi }),
  datepicker: element('datepicker', { initial_date: date, ...single }),
  timepicker: element('timepicker', { initial_time: time, timezone: string({ max: 100 }), ...single }),
  datetimepicker: element('datetimepicker', {
    initial_date_time: whole(1_000_000_000, 9_999_999_999),
    ...focus,
    ...confirmable,
  }),
  checkboxes: element(
    'checkboxes',
    { initial_options: list(choiceOption, { max: LIMITS.choices }), ...focus, ...confirmable },
    { options: list(choiceOption, { max: LIMITS.choices }) },
    initialAmongOptions,
  ),
  radio_buttons: element(
    'radio_buttons',
    { initial_option: choiceOption, ...focus, ...confirmable },
    { options: list(choiceOption, { max: LIMITS.choices }) },
    initialAmongOptions,
  ),
  plain_text_input: element(
    'plain_text_input',
    {
      initial_value: string({ min: 0, max: LIMITS.inputLength }),
      multiline: flag,
      min_length: whole(0, LIMITS.inputLength),
      max_length: whole(1, LIMITS.inputLength),
      ...focus,
      ...placeholder,
      ...dispatchable,
    },
    {},
    inputLengths,
  ),
  number_input: element(
    'number_input',
    {
      initial_value: decimal,
      min_value: decimal,
      max_value: decimal,
      ...focus,
      ...placeholder,
      ...dispatchable,
    },
    { is_decimal_allowed: flag },
  ),
  email_text_input: element('email_text_input', {
    initial_value: string({ min: 0, max: LIMITS.inputLength }),
    ...focus,
    ...placeholder,
    ...dispatchable,
  }),
  url_text_input: element('url_text_input', {
    initial_value: string({ min: 0, max: LIMITS.inputLength }),
    ...focus,
    ...placeholder,
    ...dispatchable,
  }),
  rich_text_input: element('rich_text_input', {
    initial_value: richTextBlock,
    min_lines: whole(1, 100),
    max_lines: whole(1, 100),
    ...focus,
    ...placeholder,
    ...dispatchable,
  }),
  file_input: element('file_input', {
    filetypes: list(string({ max: 20 }), { max: 100 }),
    max_files: whole(1, LIMITS.files),
  }),
  image: imageElement,
  plain_text: anyText(LIMITS.text),
  mrkdwn: anyText(LIMITS.text),
};

const SELECTS = ['static', 'external', 'users', 'conversations', 'channels'].flatMap((kind) => [
  `${kind}_select`,
  `multi_${kind}_select`,
]);
const PICKERS = ['datepicker', 'timepicker', 'checkboxes', 'radio_buttons', ...SELECTS];

/** The elements each place accepts. */
export const ELEMENTS_OF = {
  accessory: ['button', 'overflow', 'image', ...PICKERS],
  actions: ['button', 'overflow', 'datetimepicker', 'rich_text_input', ...PICKERS],
  context: ['image', 'plain_text', 'mrkdwn'],
  input: [
    'plain_text_input',
    'number_input',
    'email_text_input',
    'url_text_input',
    'rich_text_input',
    'file_input',
    'datetimepicker',
    ...PICKERS,
  ],
} as const;

/** The rule of an element standing in the given place. */
export function elementOf(place: keyof typeof ELEMENTS_OF): Rule {
  const allowed: readonly string[] = ELEMENTS_OF[place];
  return byType(Object.fromEntries(Object.entries(ELEMENTS).filter(([type]) => allowed.includes(type))));
}
