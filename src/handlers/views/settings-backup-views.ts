// Backups in the settings: the last ones, the hour and the days, and the message that one has ended. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { BackupRun } from '../../domain/settings/backups.service.js';
import type { CompanySettings } from '../../domain/settings/settings.js';
import { formatInstant, truncate } from '../i18n/format.js';
import { SETTINGS } from '../settings-ids.js';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

type Schedule = Pick<CompanySettings, 'backupHour' | 'backupDays'>;

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MAX_PATH = 300;

/** 02:00 */
export const hourWords = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** For the index: when the last one was, and the schedule. */
export function backupsValue(reader: RowReader, schedule: Schedule, last: BackupRun | null): string {
  const { t } = reader;
  const when =
    schedule.backupHour === null
      ? t('backups:never')
      : t('backups:daily', { time: hourWords(schedule.backupHour), count: schedule.backupDays });
  return last === null
    ? `${t('backups:none')} · ${when}`
    : `${t('backups:last', { when: endOf(reader, last), size: sizeOf(last) })} · ${when}`;
}

/** What became of the last ones, [Back up now], hour and days. */
export function backupForm(
  reader: RowReader,
  schedule: Schedule,
  runs: readonly BackupRun[],
  metadata: string,
): ModalView {
  const { t } = reader;
  const never = option(t('backups:never'), 'never');
  const hours = HOURS.map((hour) => option(t('backups:at', { time: hourWords(hour) }), String(hour)));
  const chosen = schedule.backupHour === null ? 'never' : String(schedule.backupHour);
  const done = runs.find((run) => run.status === 'done');
  return modal({
    callbackId: SETTINGS.backups,
    title: t('backups:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(
        runs.length === 0 ? t('backups:none') : runs.map((run) => runLine(reader, run)).join('\n'),
        button(SETTINGS.backupNow, t('backups:now')),
      ),
      ...(done ? [context(t('backups:where', { path: pathOf(done) }))] : []),
      input('hour', t('backups:hour'), selectInput([never, ...hours], chosen), {
        hint: t('backups:hour_hint'),
      }),
      input('days', t('backups:days'), textInput({ initial: String(schedule.backupDays), maxLength: 3 }), {
        hint: t('backups:days_hint'),
      }),
    ],
  });
}

function runLine(reader: RowReader, run: BackupRun): string {
  const { t } = reader;
  const kind = t(run.scheduled ? 'backups:scheduled' : 'backups:asked');
  switch (run.status) {
    case 'done':
      return `✅ ${t('backups:line_done', { when: endOf(reader, run), size: sizeOf(run), kind })}`;
    case 'failed':
      return `⚠️ ${t('backups:line_failed', {
        when: endOf(reader, run),
        reason: t(`backups:failure.${run.failure ?? 'other'}`),
        kind,
      })}`;
    default:
      return t('backups:line_running', { when: instant(reader, run.createdAt), kind });
  }
}

/** To an admin: it is there, or why not, and which is the last good one. */
export function backupMessage(
  reader: RowReader,
  run: BackupRun,
  last: BackupRun | null,
): Message & { blocks: KnownBlock[] } {
  const { t } = reader;
  if (run.status === 'done') {
    const text = t('backups:told_done', { size: sizeOf(run), path: pathOf(run) });
    return { text, blocks: [section(`✅ ${text}`)] };
  }
  const since = last === null ? t('backups:no_good') : t('backups:last_good', { when: endOf(reader, last) });
  const text = t('backups:told_failed', { reason: t(`backups:failure.${run.failure ?? 'other'}`), since });
  return {
    text,
    blocks: [
      section(`⚠️ ${text}`),
      actions([
        button(SETTINGS.backupNow, t('backups:now'), { style: 'primary' }),
        button(SETTINGS.backups, t('backups:open')),
      ]),
    ],
  };
}

const pathOf = (run: BackupRun): string => escapeMrkdwn(truncate(run.path ?? '', MAX_PATH));
const sizeOf = (run: BackupRun): string => ((run.bytes ?? 0) / 1_000_000).toFixed(1);
const instant = ({ locale, now, timezone }: RowReader, at: Date): string =>
  formatInstant(locale, at, now, timezone);
const endOf = (reader: RowReader, run: BackupRun): string => instant(reader, run.finishedAt ?? run.createdAt);
