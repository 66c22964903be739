// Rules of Block Kit's composition objects: texts, options, confirms, filters. Limits come from validate-limits.ts.
import { LIMITS } from './validate-limits.js';
import {
  byType,
  flag,
  type Json,
  list,
  literal,
  object,
  oneOf,
  type Rule,
  string,
} from './validate-rules.js';

/** A plain_text object of 1 … max code points. */
export function plainText(max: number): Rule {
  return byType({
    plain_text: object({
      required: { type: literal('plain_text'), text: string({ max }) },
      optional: { emoji: flag },
    }),
  });
}

/** A plain_text or mrkdwn object of 1 … max code points. */
export function anyText(max: number): Rule {
  return byType({
    plain_text: plainText(max),
    mrkdwn: object({
      required: { type: literal('mrkdwn'), text: string({ max }) },
      optional: { verbatim: flag },
    }),
  });
}

/** An absolute URL within Slack's length. */
export const url: Rule = string({ max: LIMITS.url, form: /^[a-z][a-z0-9+.-]*:\S+$/i, formName: 'URL' });
export const httpUrl: Rule = string({ max: LIMITS.url, form: /^https?:\/\/\S+$/i, formName: 'URL' });
export const id: Rule = string({ max: LIMITS.id });
export const style: Rule = oneOf('primary', 'danger');

export const confirm: Rule = object({
  required: { text: anyText(LIMITS.confirmText) },
  optional: {
    title: plainText(LIMITS.confirmTitle),
    confirm: plainText(LIMITS.confirmButton),
    deny: plainText(LIMITS.confirmButton),
    style,
  },
});

const optionRest = {
  value: string({ max: LIMITS.optionValue }),
};
const optionExtra = { description: plainText(LIMITS.optionDescription) };

/** An option of a select: plain text only. */
export const selectOption: Rule = object({
  required: { text: plainText(LIMITS.optionText), ...optionRest },
  optional: optionExtra,
});

/** An option of radio buttons or checkboxes: mrkdwn allowed. */
export const choiceOption: Rule = object({
  required: { text: anyText(LIMITS.optionText), ...optionRest },
  optional: { description: anyText(LIMITS.optionDescription) },
});

/** An option of an overflow menu: may carry a url. */
export const overflowOption: Rule = object({
  required: { text: plainText(LIMITS.optionText), ...optionRest },
  optional: { ...optionExtra, url },
});

export const optionGroup: Rule = object({
  required: {
    label: plainText(LIMITS.groupLabel),
    options: list(selectOption, { max: LIMITS.options }),
  },
});

export const conversationFilter: Rule = object({
  optional: {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { max: 4 }),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
  also: (value, pointer, report) => {
    if (Object.keys(value).length === 0) report(pointer, 'must define at least one filter');
  },
});

export const dispatchConfig: Rule = object({
  optional: { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2 }) },
});

/** What an options request may be answered with: `options` or `option_groups`, never both. */
export const optionsAnswer: Rule = object({
  optional: {
    options: list(selectOption, { min: 0, max: LIMITS.options }),
    option_groups: list(optionGroup, { min: 0, max: LIMITS.groups }),
  },
  also: (value, pointer, report) => requireOneOf(value, ['options', 'option_groups'], pointer, report),
});

/** Reports unless exactly one of the named fields is present. */
export function requireOneOf(
  value: Json,
  names: string[],
  pointer: string,
  report: (pointer: string, message: string) => void,
): void {
  const present = names.filter((name) => value[name] !== undefined && value[name] !== null);
  if (present.length === 0)
    report(pointer, `must define either ${names.map((n) => `\`${n}\``).join(' or ')}`);
  if (present.length > 1) report(pointer, `must define only one of ${names.join(', ')}`);
}
