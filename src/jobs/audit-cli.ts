// Checks the audit trail from the command line: npm run audit:verify. It opens the database as the app does, so on the
// embedded engine the app must be stopped first. Changes nothing. Exit code 1: the trail is not what was sealed.
import { parseArgs } from 'node:util';
import { type AuditVerification, type BrokenSeal, verifyAudit } from '../domain/audit-seal.service.js';
import { type Environment, runIfMain, UsageError, withDatabase } from './command-line.js';

const USAGE = `Usage: npm run audit:verify [-- --head <hash>] [-- --json]
  --head  a head printed earlier, noted outside the database: it must still be in the chain
  --json  the result as one line of JSON`;

/** Verifies the whole chain and says in words what was found. @returns the exit code */
export async function runAuditCommand(
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<number> {
  const { head, json } = readArguments(argv);
  const result = await withDatabase(env, ({ prisma }) => verifyAudit(prisma, head));
  const lines = json
    ? [JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))]
    : describeVerification(result);
  for (const line of lines) print(line);
  return result.ok ? 0 : 1;
}

function readArguments(argv: readonly string[]): { head: string | undefined; json: boolean } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { head: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  if (positionals.length > 0) throw new UsageError(USAGE);
  if (values.head !== undefined && !/^[0-9a-f]{64}$/.test(values.head))
    throw new UsageError(`--head ${values.head} is not a head: 64 digits 0-9 and a-f.\n${USAGE}`);
  return { head: values.head, json: values.json };
}

const FOUND: Record<BrokenSeal['reason'], string> = {
  edited: 'the row is not what was sealed: it was changed',
  missing: 'the sealed row is gone: it was removed',
  chain: 'the chain is broken here: a row was removed with its seal, put in, or moved',
  cut: 'the chain ends before the head that was noted: its end was cut off, or that head is of another database',
};

/** What was found, in sentences. */
export function describeVerification(result: AuditVerification): string[] {
  const { sealed, unsealed, unsealedSince, late, firstLate, head, broken, brokenCount } = result;
  const hidden = brokenCount - broken.length;
  return [
    result.ok
      ? `The audit trail is intact: ${sealed} rows recomputed.`
      : `THE AUDIT TRAIL IS NOT INTACT: ${brokenCount} of ${sealed} links are bad.`,
    ...broken.map(({ seq, auditId, reason }) => `  seal ${seq}, row ${auditId || '-'}: ${FOUND[reason]}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...(firstLate
      ? [
          `Look at ${late} rows that came more than an hour after their own time, the first at seal ${firstLate.seq}, ` +
            `row ${firstLate.auditId}: put in by hand, or by a job that was run for a past day.`,
        ]
      : []),
    unsealedSince === null
      ? 'Nothing waits to be sealed.'
      : `${unsealed} rows are not sealed yet, the oldest from ${unsealedSince.toISOString()}: ` +
        'the app seals each minute, or npm run job -- seal-audit.',
    `Head: ${head}`,
  ];
}

runIfMain(import.meta.filename, runAuditCommand, 2);
