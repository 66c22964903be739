// Draws a Block Kit text object: plain_text as it is, mrkdwn with its marks.
import type { TextObject } from '@slack/types';
import { replaceEmoji } from './entities.js';
import { MrkdwnText } from './mrkdwn-text.js';

/** A plain_text or mrkdwn object. */
export function TextView({ text }: { text: TextObject }) {
  return text.type === 'mrkdwn' ? (
    <span className="text">
      <MrkdwnText text={text.text} />
    </span>
  ) : (
    <span className="text">{text.emoji === false ? text.text : replaceEmoji(text.text)}</span>
  );
}

/** The characters of a text object, for labels, titles and comparison. */
export function textOf(text: { text: string } | null | undefined): string {
  return text ? replaceEmoji(text.text) : '';
}
