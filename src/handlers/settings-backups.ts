// Backups in the settings (备份): what became of the last ones, when the daily one is made and how long they are kept, and
// one now; admins only (F102).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { newId } from '../domain/ids.js';
import { listBackupRuns, requestBackup } from '../domain/settings/backups.service.js';
import { editCompany } from '../domain/settings/company.service.js';
import { MAX_BACKUP_DAYS } from '../domain/settings/settings.js';
import type { Doors } from './listen.js';
import { SETTINGS } from './settings-ids.js';
import { type Opener, readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { backupForm, hourWords } from './views/settings-backup-views.js';

const metadata = formMetadata({ v: z.number().int() });
const hour = z.coerce.number().int().min(0).max(23);

/** Plugs in the form and its button. */
export function registerBackups(doors: Doors): void {
  doors.opens(SETTINGS.backups, openBackups);
  doors.action(SETTINGS.backupNow, backUpNow);
  doors.submit(SETTINGS.backups, metadata, saveBackups);
}

/** Opens the form. @throws DomainError access.denied */
export async function openBackups(turn: Opener): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, version } = ctx.company;
  const state = JSON.stringify({ r: newId(ctx.now), v: version });
  await showView(turn, backupForm(readerOf(turn), settings, await listBackupRuns(ctx), state));
}

async function backUpNow(turn: ActionTurn): Promise<void> {
  await requestBackup(turn.ctx);
  await turn.tell(turn.t('backups:started'));
}

async function saveBackups({
  ctx,
  t,
  form,
  metadata: shown,
}: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  authorize(ctx.actor, 'settings.edit');
  const chosen = form.requiredChoice('hour');
  const read = hour.safeParse(chosen);
  if (!read.success && chosen !== 'never') form.refuse('hour', 'choice.unknown', { value: chosen });
  const backupDays = form.wholeNumber('days', { min: 1, max: MAX_BACKUP_DAYS });
  form.check();
  const backupHour = read.success ? read.data : null;
  await editCompany(ctx, shown.v, { settings: { backupHour, backupDays } });
  if (backupHour === null) return { done: t('backups:saved_never') };
  return { done: t('backups:saved', { time: hourWords(backupHour), count: backupDays }) };
}
