// Imports a file from the command line: npm run import -- ledger.csv --kind contracts --as li@example.com. The same steps
// as in Slack; on the embedded engine the app must be stopped first.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../clock.js';
import type { Ctx } from '../ctx.js';
import { newId } from '../domain/ids.js';
import { FIELDS, IMPORT_KINDS, type ImportKind } from '../domain/imports/fields.js';
import { findImport, loadPreview } from '../domain/imports/import.queries.js';
import { createImport, describeImport, startImport } from '../domain/imports/import-job.service.js';
import { stageImport } from '../domain/imports/import-staging.service.js';
import {
  asksDateOrder,
  type ImportMapping,
  type ImportOptions,
  importOptions,
  missingFields,
} from '../domain/imports/mapping.js';
import { peopleFinder } from '../domain/imports/read-values.js';
import { todayIn } from '../domain/local-date.js';
import { toActor } from '../domain/members/member.queries.js';
import { loadCompany } from '../domain/settings/company.service.js';
import { translator } from '../handlers/i18n/index.js';
import { reasonsText } from '../handlers/views/import-views.js';
import { createLog } from '../log.js';
import { openSheet } from '../sheets/read-sheet.js';
import { type Environment, runIfMain, UsageError, withDatabase } from './command-line.js';
import { errorFile, IMPORT_BATCH, type ImportEnv, runImports } from './run-imports.js';

const USAGE = `Usage: npm run import -- <file.csv|file.xlsx> --kind <${IMPORT_KINDS.join('|')}> --as <person>
  --as          who imports: name, email or Slack id of a member; what they may do is what is done
  --map         field=column, as often as needed; other fields are matched by the columns' names
  --owner       whoever rows belong to that name no owner
  --date-order  mdy or dmy, for dates like 3/4/2026
  --currency, --type, --method   what holds where a row says nothing
  --in-force    contracts were approved outside: in force at once
  --yes         import; without it only what would be done is shown`;

/** Runs the command. @returns the exit code: 1 if rows were not taken */
export async function runImportCommand(
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<number> {
  const args = readArguments(argv);
  const bytes = await readFile(args.file);
  return withDatabase(env, async ({ prisma: db, engine }) => {
    const now = systemClock();
    const company = await loadCompany(db, now);
    const people = await db.user.findMany({ where: { active: true } });
    const find = (who: string) => {
      const found = peopleFinder(people)(who);
      if (!found.ok) throw new UsageError(`“${who}” is not one member. Write the email or Slack id.`);
      return found.value;
    };
    const user = await db.user.findUniqueOrThrow({ where: { id: find(args.as) } });
    const system = { db, now, company, today: todayIn(now, company.timezone) };
    const ctx: Ctx = { ...system, actor: await toActor(db, user), requestId: newId(now) };
    const ownerId = args.owner === undefined ? null : find(args.owner);
    const jobId = await preview(ctx, args, bytes, ownerId, print);
    const shown = await loadPreview(ctx, jobId);
    if (!args.yes) {
      print('Nothing is imported yet. Add --yes to import.');
      return shown.failed > 0 ? 1 : 0;
    }
    const job = await startImport(ctx, jobId, shown.version);
    if (job.status === 'waiting') {
      print(translator(ctx.actor.locale)('imports:asked', { file: job.fileName }));
      return shown.failed > 0 ? 1 : 0;
    }
    return finish(ctx, IMPORT_BATCH[engine], { jobId, file: args.file }, print);
  });
}

async function preview(
  ctx: Ctx,
  args: Arguments,
  bytes: Buffer,
  ownerId: string | null,
  print: (line: string) => void,
): Promise<string> {
  const name = basename(args.file);
  const sheet = await openSheet(name, bytes);
  const { id } = await createImport(ctx, args.kind, { slackFileId: null, name, size: bytes.length });
  const described = await describeImport(ctx, id, args.kind, { ...sheet, sample: [] });
  const mapping = withColumns(args, described.mapping, sheet.header);
  const options = importOptions.parse({
    ...described.options,
    ...args.options,
    ...(ownerId !== null && { ownerId }),
  });
  for (const { key } of FIELDS[args.kind]) {
    const column = mapping[key];
    if (column !== undefined) print(`${key} = ${sheet.header[column] ?? ''}`);
  }
  const [missing] = missingFields(args.kind, mapping);
  if (missing !== undefined) throw new UsageError(`No column for ${missing}. Add --map ${missing}=<column>.`);
  await stageImport(ctx, id, { mapping, options }, checkDates(args.kind, mapping, options, sheet.rows));
  const shown = await loadPreview(ctx, id);
  const t = translator(ctx.actor.locale);
  print(
    `${t('imports:new')} ${shown.created} · ${t('imports:changed')} ${shown.changed} · ${t('imports:duplicate')} ${shown.skipped} · ${t('imports:errors')} ${shown.failed}`,
  );
  if (shown.undated > 0) print(t('imports:undated', { count: shown.undated }));
  for (const row of shown.firstErrors)
    print(
      `${t('imports:line', { line: row.line })}: ${reasonsText({ t, locale: ctx.actor.locale }, row.errors)}`,
    );
  return id;
}

/** The order of days and months is asked for, never guessed. */
async function* checkDates<T extends { readonly cells: readonly string[] }>(
  kind: ImportKind,
  mapping: ImportMapping,
  options: ImportOptions,
  rows: AsyncIterable<T>,
): AsyncGenerator<T> {
  for await (const row of rows) {
    if (options.dateOrder === null && asksDateOrder(kind, mapping, row.cells))
      throw new UsageError('The file has dates like 3/4/2026. Add --date-order mdy or --date-order dmy.');
    yield row;
  }
}

function withColumns(args: Arguments, guessed: ImportMapping, header: readonly string[]): ImportMapping {
  const chosen = args.map.map((text) => {
    const [key = '', column = ''] = text.split('=', 2);
    const index = header.indexOf(column);
    if (!FIELDS[args.kind].some((field) => field.key === key) || index < 0)
      throw new UsageError(
        `--map ${text}: write field=column, fields: ${FIELDS[args.kind].map((field) => field.key).join(', ')}; ` +
          `columns: ${header.join(', ')}`,
      );
    return [key, index] as const;
  });
  return { ...guessed, ...Object.fromEntries(chosen) };
}

async function finish(
  ctx: Ctx,
  batch: ImportEnv['batch'],
  { jobId, file }: { jobId: string; file: string },
  print: (line: string) => void,
): Promise<number> {
  const env = {
    batch,
    clock: systemClock,
    log: createLog('warn'),
    kick: () => {},
    stopping: new AbortController().signal,
  };
  for (;;) {
    // The app may have taken it over meanwhile; then it is only waited for.
    await runImports(ctx, env);
    const state = await findImport(ctx.db, jobId);
    if (!state || state.status === 'running') {
      await sleep(500);
      continue;
    }
    const { created, changed, skipped, failed } = state;
    const t = translator(ctx.actor.locale);
    const end = state.status === 'stopped' || state.status === 'failed' ? state.status : 'done';
    print(t(`imports:${end}`, { created, changed, skipped, failed }));
    const errors = failed > 0 ? await errorFile(ctx, state) : null;
    if (errors) {
      const path = join(dirname(file), errors.name);
      await writeFile(path, errors.data);
      print(path);
    }
    return end === 'done' && failed === 0 ? 0 : 1;
  }
}

interface Arguments {
  readonly file: string;
  readonly kind: ImportKind;
  readonly as: string;
  readonly owner: string | undefined;
  readonly map: readonly string[];
  readonly options: Partial<ImportOptions>;
  readonly yes: boolean;
}

function readArguments(argv: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      kind: text,
      as: text,
      owner: text,
      map: { type: 'string', multiple: true },
      'date-order': text,
      currency: text,
      type: text,
      method: text,
      'in-force': { type: 'boolean' },
      yes: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) throw new UsageError(USAGE);
  const [file] = positionals;
  const kind = IMPORT_KINDS.find((one) => one === values.kind);
  const order = values['date-order'];
  if (file === undefined || positionals.length > 1 || !kind || values.as === undefined || !existsSync(file))
    throw new UsageError(file !== undefined && !existsSync(file) ? `There is no file ${file}.` : USAGE);
  if (order !== undefined && order !== 'mdy' && order !== 'dmy')
    throw new UsageError('--date-order is mdy or dmy.');
  return {
    file,
    kind,
    as: values.as,
    owner: values.owner,
    map: values.map ?? [],
    options: {
      ...(order !== undefined && { dateOrder: order }),
      ...(values.currency !== undefined && { currency: values.currency }),
      ...(values.type !== undefined && { contractType: values.type }),
      ...(values.method !== undefined && { method: values.method }),
      ...(values['in-force'] && { inForce: true }),
    },
    yes: values.yes ?? false,
  };
}

runIfMain(import.meta.filename, runImportCommand);
