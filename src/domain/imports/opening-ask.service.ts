// Money from before is booked by a second person of finance (rules §4 no. 6, §6): the file as a whole is asked about when its
// import is started. What becomes of the decision is opening-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { comparable, type OpeningSum, toKept } from './opening.js';

/** Asks about a job that waits; all rows of it that are new stand in the thread of the card, as a file. */
export async function askOpening(tx: Tx, ctx: Ctx, job: ImportJob): Promise<Traces> {
  const sums = await sumNew(tx, job.id);
  const money = toKept(sums);
  await tx.importJob.update({ where: { id: job.id }, data: { money } });
  const { settings, baseCurrency } = ctx.company;
  const approval = await openApproval(tx, ctx, {
    type: 'opening',
    id: job.id,
    version: job.version,
    amount: comparable(sums, baseCurrency, settings.exchangeRates),
    ownerId: null,
    involved: [job.userId],
  });
  const about = { type: 'opening', subjectId: job.id, approvalId: approval.id } as const;
  const asked = await askNotices(tx, ctx, about, approval.asked);
  const entry = {
    action: 'import.asked',
    subjectType: 'import',
    subjectId: job.id,
    after: { approvalId: approval.id, file: job.fileName, sha256: job.sha256, money },
  };
  return joinTraces(asked, { audit: [entry] });
}

/** What would be booked, by currency. */
async function sumNew(tx: Tx, jobId: string): Promise<OpeningSum[]> {
  return tx.$queryRaw<OpeningSum[]>`
    SELECT fields->>'currency' AS currency, SUM((fields->>'amount')::bigint)::bigint AS minor, COUNT(*)::int AS rows
    FROM import_row WHERE job_id = ${jobId}::uuid AND outcome = 'new' GROUP BY 1 ORDER BY 1`;
}
