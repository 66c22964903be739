// Brings files in as the app does, without Slack: read, matched by the columns' names, started, run to the end.
import type { Ctx } from '../../src/ctx.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import type { ImportKind } from '../../src/domain/imports/fields.js';
import { loadPreview } from '../../src/domain/imports/import.queries.js';
import { createImport, describeImport, startImport } from '../../src/domain/imports/import-job.service.js';
import { stageImport } from '../../src/domain/imports/import-staging.service.js';
import { type ImportMapping, type ImportOptions, importOptions } from '../../src/domain/imports/mapping.js';
import { IMPORT_BATCH, runImports } from '../../src/jobs/run-imports.js';
import { createLog } from '../../src/log.js';
import { openSheet } from '../../src/sheets/read-sheet.js';
import { NOON, type PersonKey, type TestCompany } from './company.js';

/** `without`: fields whose columns are left unmatched. */
export type Chosen = Partial<ImportOptions> & { readonly without?: readonly string[] };

/** Reads a file up to its preview. */
export async function stageFile(
  company: TestCompany,
  who: PersonKey,
  kind: ImportKind,
  file: readonly string[] | Buffer,
  { without = [], ...options }: Chosen = {},
): Promise<{ ctx: Ctx; id: string; version: number }> {
  const ctx = await company.as(who);
  const bytes = Buffer.isBuffer(file) ? file : Buffer.from(file.join('\n'));
  const sheet = await openSheet('a.csv', bytes);
  const job = await createImport(ctx, kind, { slackFileId: null, name: 'a.csv', size: bytes.length });
  const described = await describeImport(ctx, job.id, kind, { ...sheet, sample: [] });
  const mapping: ImportMapping = Object.fromEntries(
    Object.entries(described.mapping).filter(([field]) => !without.includes(field)),
  );
  const chosen = importOptions.parse({ contractType: 'vehicle', method: 'transfer', ...options });
  const { version } = await stageImport(ctx, job.id, { mapping, options: chosen }, sheet.rows);
  return { ctx, id: job.id, version };
}

export async function runStarted(company: TestCompany): Promise<void> {
  await runImports(await company.system(), {
    batch: IMPORT_BATCH.embedded,
    clock: () => NOON,
    log: createLog('silent'),
    kick: () => {},
    stopping: new AbortController().signal,
  });
}

/** A second person of finance agrees to a file of money from before. */
export async function agreeTo(company: TestCompany, id: string, who: PersonKey = 'finance2'): Promise<void> {
  const approval = await company.db.approval.findFirstOrThrow({ where: { subjectId: id, status: 'open' } });
  await approve(await company.as(who), approval.id, approval.version);
}

/** Imports a file and returns how it ended, and why its first rows were not taken. */
export async function bringFile(
  company: TestCompany,
  ...args: [PersonKey, ImportKind, readonly string[] | Buffer, Chosen?]
): Promise<{ id: string; counts: string; reasons: string[] }> {
  const { ctx, id, version } = await stageFile(company, ...args);
  const { firstErrors } = await loadPreview(ctx, id);
  const started = await startImport(ctx, id, version);
  if (started.status === 'waiting') await agreeTo(company, id);
  await runStarted(company);
  const { status, created, changed, skipped, failed } = await company.db.importJob.findUniqueOrThrow({
    where: { id },
  });
  return {
    id,
    counts: `${status} ${created}/${changed}/${skipped}/${failed}`,
    reasons: firstErrors.map((row) => row.errors.map(({ error }) => error.code).join()),
  };
}
