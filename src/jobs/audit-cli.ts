// Checks the audit trail from the command line: npm run audit:verify. It opens the database as the app does, so on the
// embedded engine the app must be stopped first. Changes nothing. Exit code 1: the trail is not what was sealed, or something
// was put in.
import { parseArgs } from 'node:util';
import {
  type AuditVerification,
  type BrokenSeal,
  type VerifyOptions,
  verifyAudit,
} from '../domain/audit-seal.service.js';
import { type Environment, runIfMain, UsageError, withDatabase } from './command-line.js';

const USAGE = `Usage: npm run audit:verify [-- --head <hash>] [--looked-at <seal>] [--json]
  --head  a head printed earlier, noted outside the database: it must still be in the chain
  --looked-at  the last seal up to which rows that came late were looked at and are right
  --json  the result as one line of JSON`;

/** Verifies the whole chain and says in words what was found. @returns the exit code */
export async function runAuditCommand(
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<number> {
  const { json, ...options } = readArguments(argv);
  const result = await withDatabase(env, ({ prisma }) => verifyAudit(prisma, options));
  const lines = json
    ? [JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))]
    : describeVerification(result);
  for (const line of lines) print(line);
  return result.ok ? 0 : 1;
}

function readArguments(argv: readonly string[]): VerifyOptions & { json: boolean } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      head: { type: 'string' },
      'looked-at': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 0) throw new UsageError(USAGE);
  const { head, 'looked-at': lookedAt, json } = values;
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head))
    throw new UsageError(`--head ${head} is not a head: 64 digits 0-9 and a-f.\n${USAGE}`);
  if (lookedAt !== undefined && !/^\d{1,18}$/.test(lookedAt))
    throw new UsageError(`--looked-at ${lookedAt} is not the number of a seal.\n${USAGE}`);
  return { head, lookedAt: lookedAt === undefined ? undefined : BigInt(lookedAt), json };
}

const FOUND: Record<BrokenSeal['reason'], string> = {
  edited: 'the row is not what was sealed: it was changed',
  missing: 'the sealed row is gone: it was removed',
  chain: 'the chain is broken here: a row was removed with its seal, put in, or moved',
  cut: 'the chain ends before the head that was noted: its end was cut off, or that head is of another database',
};

function headline({ sealed, late, brokenCount }: AuditVerification): string {
  if (brokenCount > 0) return `THE AUDIT TRAIL IS NOT INTACT: ${brokenCount} of ${sealed} links are bad.`;
  if (late > 0)
    return `THE AUDIT TRAIL HOLDS ROWS THAT CAME LATE: ${sealed} rows recomputed, none changed or removed.`;
  // Of a database that is not the one that was meant nobody may read "intact".
  if (sealed === 0)
    return 'Nothing is sealed in this database, so nothing was recomputed: is it the right one?';
  return `The audit trail is intact: ${sealed} rows recomputed.`;
}

/** What was found, in sentences. */
export function describeVerification(result: AuditVerification): string[] {
  const { unsealed, unsealedSince, late, firstLate, lastLate, head, broken, brokenCount } = result;
  const hidden = brokenCount - broken.length;
  return [
    headline(result),
    ...broken.map(({ seq, auditId, reason }) => `  seal ${seq}, row ${auditId || '-'}: ${FOUND[reason]}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...(firstLate && lastLate
      ? [
          `Look at ${late} rows of a time that had been sealed before, the first at seal ${firstLate.seq}, ` +
            `row ${firstLate.auditId}: put in by hand, or by a job that was run for a past day. ` +
            `If they are right: --looked-at ${lastLate.seq}.`,
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
