// A file of money from before as a subject of approval (rules §4 no. 6, §6): approved, its import runs and books it; rejected
// or withdrawn, nothing of it is in the books and whoever sent it may correct it and start it again.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import { notice } from '../notices/notice.js';
import type { Traces } from '../traces.service.js';
import { importMessageKey } from './import-job.service.js';

/** Locks the job. @throws DomainError not_found */
export async function holdOpening(tx: Tx, ctx: Ctx, jobId: string): Promise<HeldSubject> {
  const job = await lockRow(tx, 'import_job', jobId);
  if (!job) throw new DomainError('not_found', { ref: '' });
  return {
    ownerId: null,
    involved: [job.userId],
    about: { subjectType: 'import', subjectId: job.id },
    homes: [job.userId],
    finish: (ending) => finish(tx, ctx, job, ending),
  };
}

async function finish(tx: Tx, ctx: Ctx, job: ImportJob, ending: Ending): Promise<Traces> {
  const { status, approvalId, requestedById } = ending;
  await tx.importJob.update({
    where: { id: job.id },
    data: {
      status: status === 'approved' ? 'running' : 'ready',
      leaseUntil: null,
      updatedAt: ctx.now,
      version: { increment: 1 },
    },
  });
  const decided = notice({
    kind: 'opening.decided',
    key: `opening.decided:${approvalId}`,
    to: { user: requestedById },
    payload: { jobId: job.id, approvalId },
  });
  const entry = {
    action: `import.${status}`,
    subjectType: 'import',
    subjectId: job.id,
    after: { ...ending.audit, file: job.fileName, sha256: job.sha256, money: job.money },
  };
  return {
    audit: [entry],
    notices: status === 'withdrawn' ? [] : [decided],
    rewrites: [
      {
        key: importMessageKey(job.id),
        kind: 'import.job',
        payload: { jobId: job.id },
        tag: `${status}${job.version + 1}`,
      },
    ],
  };
}
