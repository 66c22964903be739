// Files of a contract or a customer: the button that has them sent, and the message they come with. Pure.
import type { Button, KnownBlock } from '@slack/types';
import { FILES_A_MESSAGE, type FileOwner, type RecordFiles } from '../../domain/attachments.js';
import { formatNames, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { RECORD } from '../record-ids.js';
import { button, escapeMrkdwn, section } from './blocks.js';
import type { RowReader } from './row-views.js';

const NAMES_SHOWN = 5;

/** [附件]: to who clicks, by direct message. */
export const filesButton = (owner: FileOwner, number: string, t: Translate): Button =>
  button(RECORD.files, t('files:button'), {
    value: JSON.stringify({ o: owner.type, i: owner.id }),
    label: t('files:button.label', { number }),
  });

/** One message of files; null where none are left of this part. What Slack no longer gave is named. */
export function filesMessage(
  { number, files }: RecordFiles,
  part: number,
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
): { text: string; blocks: KnownBlock[]; attachmentIds: string[] } | null {
  const shown = files.slice(part * FILES_A_MESSAGE, (part + 1) * FILES_A_MESSAGE);
  if (shown.length === 0) return null;
  const gone = shown.filter((file) => file.gone).map((file) => truncate(file.name, 60));
  const here = shown.filter((file) => !file.gone);
  const names = formatNames(locale, gone.slice(0, NAMES_SHOWN));
  const text = [
    here.length > 0 && t('files:message', { number, count: here.length }),
    gone.length > 0 && t('files:gone', { number, count: gone.length, names }),
  ]
    .filter(Boolean)
    .join(' ');
  return { text, blocks: [section(escapeMrkdwn(text))], attachmentIds: here.map((file) => file.id) };
}
