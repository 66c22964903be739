// All words of this language.
import { adjustments } from './adjustments.js';
import { amendments } from './amendments.js';
import { approvals } from './approvals.js';
import { audit } from './audit.js';
import { backups } from './backups.js';
import { batches } from './batches.js';
import { bills } from './bills.js';
import { calendar } from './calendar.js';
import { common } from './common.js';
import { contractLife } from './contract-life.js';
import { contracts } from './contracts.js';
import { credit } from './credit.js';
import { customers } from './customers.js';
import { delegates } from './delegates.js';
import { departments } from './departments.js';
import { dictionaries } from './dictionaries.js';
import { errors } from './errors.js';
import { exports } from './exports.js';
import { files } from './files.js';
import { flows } from './flows.js';
import { followUps } from './follow-ups.js';
import { help } from './help.js';
import { helpExamples } from './help-examples.js';
import { home } from './home.js';
import { imports } from './imports.js';
import { ladders } from './ladders.js';
import { ledger } from './ledger.js';
import { lists } from './lists.js';
import { members } from './members.js';
import { milestones } from './milestones.js';
import { notices } from './notices.js';
import { openings } from './openings.js';
import { planning } from './planning.js';
import { plans } from './plans.js';
import { postponements } from './postponements.js';
import { prepayments } from './prepayments.js';
import { questions } from './questions.js';
import { rates } from './rates.js';
import { reallocations } from './reallocations.js';
import { reassign } from './reassign.js';
import { receipts } from './receipts.js';
import { recording } from './recording.js';
import { refunds } from './refunds.js';
import { reminders } from './reminders.js';
import { reports } from './reports.js';
import { reversals } from './reversals.js';
import { settings } from './settings.js';
import { settingsFile } from './settings-file.js';
import { snoozes } from './snoozes.js';
import { splits } from './splits.js';
import { templates } from './templates.js';
import { thresholds } from './thresholds.js';
import { times } from './times.js';
import { unclaimed } from './unclaimed.js';
import { voids } from './voids.js';

export const en = {
  common,
  errors,
  members,
  bills,
  credit,
  customers,
  contracts,
  milestones,
  adjustments,
  amendments,
  approvals,
  audit,
  backups,
  batches,
  questions,
  contract_life: contractLife,
  plans,
  planning,
  postponements,
  rates,
  reallocations,
  receipts,
  recording,
  ledger,
  prepayments,
  unclaimed,
  voids,
  reminders,
  refunds,
  reports,
  reversals,
  follow_ups: followUps,
  calendar,
  reassign,
  ladders,
  snoozes,
  home,
  imports,
  openings,
  lists,
  exports,
  settings,
  settingsFile,
  splits,
  delegates,
  departments,
  templates,
  thresholds,
  files,
  flows,
  times,
  dictionaries,
  help,
  helpExamples,
  notices,
} as const;
