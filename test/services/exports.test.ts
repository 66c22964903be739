// Exports on a real database: asked for once, made once, within the scope of whoever asked, refused when too long (F96).
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findExportFile } from '../../src/domain/exports/export.queries.js';
import {
  claimExport,
  EndedElsewhere,
  finishExport,
  keepPart,
  readExport,
  requestExport,
  sweepExports,
} from '../../src/domain/exports/export.service.js';
import { newId } from '../../src/domain/ids.js';
import { runExports } from '../../src/jobs/run-exports.js';
import { createLog } from '../../src/log.js';
import {
  anActiveContract,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await anActiveContract(company, [
    [10_00n, '2026-12-01'],
    [20_00n, '2026-12-02'],
    [30_00n, null],
  ]);
});
afterAll(() => database.close());

const input = { list: 'plan', filter: { amountFrom: 1n, currency: 'CNY' }, format: 'csv' } as const;
const ask = async (who: PersonKey) => requestExport(await company.as(who), input);
const run = async (limits: { maxRows?: number; partBytes?: number } = {}) =>
  runExports(await company.system(), {
    clock: () => NOON,
    log: createLog('silent'),
    kick: () => {},
    stopping: new AbortController().signal,
    ...limits,
  });
const trail = async () => {
  const entries = await company.db.auditLog.findMany({
    where: { subjectType: 'export' },
    orderBy: { id: 'asc' },
  });
  return entries.map((entry) => [entry.action, entry.actorId]);
};

it('a form sent twice makes one file, with a trail of who took what', async () => {
  const ctx = await company.as('rep');
  const id = await requestExport(ctx, input);
  await expect(requestExport(ctx, input)).rejects.toMatchObject({ code: 'request.repeated' });
  expect(await run()).toEqual({ exports: 1 });
  expect(await run()).toEqual({ exports: 0 });
  expect(await findExportFile(company.db, id)).toMatchObject({
    what: { list: 'plan' },
    status: 'done',
    rows: 3,
  });
  expect(await trail()).toEqual([
    ['export.requested', company.ids.rep],
    ['export.done', company.ids.rep],
  ]);
  expect((await buffer(readExport(company.db, id))).toString('utf8')).toContain('10.00');
  expect(await company.db.outbox.count({ where: { kind: 'export.job' } })).toBe(1);
});

it('open of a contract is what its card calls so: nothing of what is written off, void or not planned', async () => {
  const [off, cancelled] = await company.db.instalment.findMany({ orderBy: { seq: 'asc' } });
  const out = { outstanding: 0n };
  await company.db.instalment.update({
    where: { id: off?.id ?? '' },
    data: { lifecycle: 'written_off', ...out },
  });
  await company.db.instalment.update({
    where: { id: cancelled?.id ?? '' },
    data: { lifecycle: 'cancelled' },
  });
  const id = await requestExport(await company.as('rep'), { list: 'contract', filter: {}, format: 'csv' });
  await run();
  const lines = (await buffer(readExport(company.db, id))).toString('utf8').trim().split(/\r?\n/);
  const [heads = [], row = []] = lines.map((line) => line.replace('\uFEFF', '').split(','));
  const cell = (head: string) => row[heads.indexOf(head)];
  expect([cell('合同金额'), cell('未收'), cell('已逾期')]).toEqual(['60.00', '30.00', '0.00']);
});

it('two processes make each file once', async () => {
  for (const who of ['rep', 'manager', 'finance'] as const) await ask(who);
  const runs = await Promise.all([run(), run()]);
  expect(runs.reduce((sum, one) => sum + (one.exports ?? 0), 0)).toBe(3);
  expect(await company.db.attachment.count({ where: { ownerType: 'export' } })).toBe(3);
  expect(await company.db.outbox.count({ where: { kind: 'export.job' } })).toBe(3);
});

it('one row too many and there is no file; the person is told', async () => {
  const id = await ask('rep');
  await run({ maxRows: 2 });
  expect(await findExportFile(company.db, id)).toMatchObject({
    status: 'refused',
    rows: 0,
    attachmentId: null,
  });
  const again = await ask('rep');
  await run({ maxRows: 3 });
  expect(await findExportFile(company.db, again)).toMatchObject({ status: 'done', rows: 3 });
  expect(await company.db.outbox.count({ where: { kind: 'export.job' } })).toBe(2);
});

it('whoever sees nothing gets a file without rows, whoever has no role may not ask', async () => {
  const id = await ask('rep2');
  await run();
  expect(await findExportFile(company.db, id)).toMatchObject({ status: 'done', rows: 0 });
  await expect(ask('nobody')).rejects.toMatchObject({ code: 'role.missing' });
});

it('a process that died leaves the job to the next; what has ended is not ended again', async () => {
  const id = await ask('rep');
  const system = await company.system();
  expect(await claimExport(system)).toBe(id);
  expect(await claimExport(system)).toBeNull();
  await company.db.$executeRaw`UPDATE export_job SET lease_until = now() - interval '1 second'`;
  await run();
  await finishExport(system, id, { status: 'failed' });
  expect(await findExportFile(company.db, id)).toMatchObject({ status: 'done' });
});

it('a file longer than one piece is the same file, whoever began it before', async () => {
  const { db } = company;
  const name = 'x'.repeat(100);
  await anActiveContract(
    company,
    Array.from({ length: 60 }, (_, index) => [100n + BigInt(index), '2026-12-01'] as [bigint, string]),
  );
  const id = await ask('rep');
  // A process that died has left a piece.
  const left = { runId: newId(NOON), seq: 0, bytes: Buffer.from(name) };
  expect(await claimExport(await company.system())).toBe(id);
  await keepPart(await company.system(), id, left);
  await db.exportJob.update({ where: { id }, data: { leaseUntil: new Date(0) } });
  await run({ partBytes: 1000 });
  const file = await db.attachment.findFirstOrThrow({ where: { ownerType: 'export', ownerId: id } });
  const bytes = await buffer(readExport(db, id));
  expect(bytes.toString('utf8').trim().split('\n')).toHaveLength(64);
  expect(bytes.toString('utf8')).not.toContain(name);
  expect([file.size, file.sha256]).toEqual([bytes.length, createHash('sha256').update(bytes).digest('hex')]);
  expect(bytes.length).toBeGreaterThan(2000);
  expect(await db.exportPart.count({ where: { runId: left.runId } })).toBe(0);
});

it('a slow process adds nothing behind the file that another one ended', async () => {
  const id = await ask('finance');
  const system = await company.system();
  expect(await claimExport(system)).toBe(id);
  const slow = { runId: newId(NOON), seq: 0, bytes: Buffer.from('first') };
  await keepPart(system, id, slow);
  await company.db.exportJob.update({ where: { id }, data: { leaseUntil: new Date(0) } });
  await run();
  const before = await buffer(readExport(company.db, id));
  await expect(keepPart(system, id, { ...slow, seq: 1 })).rejects.toBeInstanceOf(EndedElsewhere);
  expect((await buffer(readExport(company.db, id))).equals(before)).toBe(true);
  expect(await company.db.exportPart.count({ where: { jobId: id, runId: slow.runId } })).toBe(0);
});

it('old files are removed, the row of who took them stays', async () => {
  const id = await ask('rep');
  await run();
  const later = (days: number) => company.system(new Date(NOON.getTime() + days * 86_400_000));
  expect(await sweepExports(await later(6))).toBe(0);
  expect(await sweepExports(await later(8))).toBe(1);
  expect(await company.db.exportPart.count()).toBe(0);
  expect(await findExportFile(company.db, id)).toMatchObject({ status: 'done', rows: 3, attachmentId: null });
});
