// Rules of rich_text blocks: sections, lists, quotes, preformatted text and what they hold.
import { LIMITS } from './validate-limits.js';
import { id, url } from './validate-objects.js';
import {
  byType,
  flag,
  list,
  literal,
  number,
  object,
  oneOf,
  type Rule,
  string,
  whole,
} from './validate-rules.js';

const MANY = 1_000;
const styles = object({
  optional: { bold: flag, italic: flag, strike: flag, code: flag, underline: flag, highlight: flag },
});
const border = { border: whole(0, 1) };

function inline(type: string, required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule {
  return object({ required: { type: literal(type), ...required }, optional: { style: styles, ...optional } });
}

const INLINE: Record<string, Rule> = {
  text: inline('text', { text: string({ max: LIMITS.messageBlocksCharacters }) }),
  link: inline('link', { url }, { text: string({ max: LIMITS.text }), unsafe: flag }),
  user: inline('user', { user_id: id }),
  channel: inline('channel', { channel_id: id }),
  usergroup: inline('usergroup', { usergroup_id: id }),
  team: inline('team', { team_id: id }),
  broadcast: inline('broadcast', { range: oneOf('here', 'channel', 'everyone') }),
  color: inline('color', { value: string({ max: 9 }) }),
  date: inline(
    'date',
    { timestamp: number, format: string({ max: LIMITS.id }) },
    { url, fallback: string({ max: LIMITS.text }) },
  ),
  emoji: inline('emoji', { name: string({ max: LIMITS.id }) }, { unicode: string({ max: LIMITS.id }), url }),
};

const inlines = list(byType(INLINE), { min: 0, max: MANY });
const section = object({ required: { type: literal('rich_text_section'), elements: inlines } });

const PARTS: Record<string, Rule> = {
  rich_text_section: section,
  rich_text_list: object({
    required: {
      type: literal('rich_text_list'),
      style: oneOf('bullet', 'ordered'),
      elements: list(byType({ rich_text_section: section }), { max: MANY }),
    },
    optional: { indent: whole(0, 8), offset: whole(0, MANY), ...border },
  }),
  rich_text_quote: object({
    required: { type: literal('rich_text_quote'), elements: inlines },
    optional: border,
  }),
  rich_text_preformatted: object({
    required: {
      type: literal('rich_text_preformatted'),
      elements: list(byType({ text: INLINE.text ?? flag, link: INLINE.link ?? flag }), { min: 0, max: MANY }),
    },
    optional: { language: string({ max: 100 }), ...border },
  }),
};

/** A whole rich_text block. */
export const richTextBlock: Rule = object({
  required: { type: literal('rich_text'), elements: list(byType(PARTS), { max: MANY }) },
  optional: { block_id: id },
});
