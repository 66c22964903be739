// Jobs: once a slot whoever tries, a failure that stops nobody, stale Homes, the audit chain, the command line.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { recordAudit } from '../../src/domain/audit.service.js';
import { FIRST_HASH, SEAL_JOB, sealAudit, verifyAudit } from '../../src/domain/audit-seal.service.js';
import { newId } from '../../src/domain/ids.js';
import { todayIn } from '../../src/domain/local-date.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { describeVerification, runAuditCommand } from '../../src/jobs/audit-cli.js';
import { runCommand } from '../../src/jobs/cli.js';
import { jobsOf, startJobs } from '../../src/jobs/index.js';
import { refreshHomes } from '../../src/jobs/refresh-homes.js';
import { type Job, runJob } from '../../src/jobs/run-job.js';
import { anActiveContract, createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { slackIdOf, startLocalSlack } from '../support/local-slack.js';
import { at } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
const log = pino({ level: 'silent' });
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const env = (now = NOON) => ({
  db: company.db,
  clock: () => now,
  log,
  vacuum: database.db.vacuum,
  engine: database.db.engine,
  backups: { dir: '/nowhere', source: database.db, scheduled: false },
  download: async () => null,
});
const job = (run: Job['run'], more: Partial<Job> = {}): Job => ({
  name: 'probe',
  cron: '* * * * *',
  slot: 'minute',
  run,
  ...more,
});

describe('runJob', () => {
  it('runs once a slot, however many try at once and again', async () => {
    let runs = 0;
    const probe = job(async () => ({ runs: ++runs }));
    const outcomes = await Promise.all([1, 2, 3].map(() => runJob(env(), probe)));
    outcomes.push(await runJob(env(), probe));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(runs).toBe(1);
    expect(await runJob(env(new Date(NOON.getTime() + 60_000)), probe)).toBe('done');
    expect(await company.db.jobRun.count({ where: { outcome: 'done' } })).toBe(2);
  });

  it('does not start while the run of an earlier slot gives signs of life, longer than a lease', async () => {
    let end = () => {};
    const slow = job(async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return {};
    });
    const first = runJob({ ...env(), leaseMs: 1_500 }, slow);
    await sleep(3_500);
    const next = env(new Date(NOON.getTime() + 60_000));
    expect(
      await runJob(
        next,
        job(async () => ({})),
      ),
    ).toBe('skipped');
    end();
    expect(await first).toBe('done');
  });

  it('starts half a minute after a run was killed', async () => {
    let killed = () => {};
    const first = runJob(
      env(),
      job(
        () =>
          new Promise((resolve) => {
            killed = () => resolve({});
          }),
      ),
    );
    await sleep(300);
    const [run] = await company.db.jobRun.findMany();
    expect((run?.leaseUntil?.getTime() ?? Infinity) - Date.now()).toBeLessThan(31_000);
    // As its process leaves it: nobody says any more that it goes on.
    await company.db.$executeRaw`UPDATE job_run SET lease_until = now()`;
    const next = env(new Date(NOON.getTime() + 60_000));
    expect(
      await runJob(
        next,
        job(async () => ({})),
      ),
    ).toBe('done');
    killed();
    await first;
  });

  it('writes down a failure and leaves the next slot free', async () => {
    const broken = job(async () => {
      throw new RangeError('no');
    });
    expect(await runJob(env(), broken)).toBe('failed');
    expect(await company.db.jobRun.findFirst()).toMatchObject({
      outcome: 'failed',
      detail: { reason: 'RangeError' },
    });
    expect(
      await runJob(
        env(new Date(NOON.getTime() + 60_000)),
        job(async () => ({})),
      ),
    ).toBe('done');
  });
});

describe('cron', () => {
  it('calls every job, one failing Home stops no other, and a stop waits', async () => {
    await anActiveContract(company, [[100_00n, '2026-11-20']], { now: at('2026-11-19') });
    let kicks = 0;
    const told: unknown[] = [];
    const moved = { now: () => NOON, offsetMs: () => 0, tellDone: (done: unknown) => void told.push(done) };
    const jobs = startJobs(
      {
        ...env(),
        delivery: { kick: () => kicks++, run: async () => Promise.reject(new Error('Slack is away')) },
        publishHome: async () => {},
      },
      { timezone: 'Asia/Shanghai', moved },
    );
    await sleep(2_500);
    await jobs.stop();
    const runs = await company.db.jobRun.findMany({ orderBy: { job: 'asc' } });
    expect(runs.map((run) => [run.job, run.outcome])).toEqual([
      ['chase-approvals', 'done'],
      ['keep-forecasts', 'done'],
      ['plan-reminders', 'done'],
      ['seal-audit', 'done'],
      ['tell-monday', 'done'],
      ['warn-of-calendar', 'done'],
    ]);
    expect(kicks).toBe(1);
    // What was planned is not delivered.
    expect(told).toEqual([]);
    expect(await company.db.outbox.count({ where: { kind: 'digest' } })).toBe(3);
  });

  it('removes only what is old from its own book', async () => {
    const tidy = jobsOf({
      ...env(),
      delivery: { kick: () => {}, run: async () => {} },
      publishHome: async () => {},
    }).find((one) => one.name === 'tidy');
    await company.db.$executeRaw`INSERT INTO job_run (id, job, slot, started_at) VALUES
      (${newId(NOON)}::uuid, 'x', '1', now() - interval '31 days'), (${newId(NOON)}::uuid, 'x', '2', now() - interval '29 days')`;
    expect(await tidy?.run(await company.system())).toMatchObject({ removed: 1 });
  });
});

describe('refreshHomes', () => {
  it('publishes the stale Homes of people who looked within a day; a failed one stays stale', async () => {
    const opened = (who: 'rep' | 'rep2' | 'manager', hoursAgo: number) =>
      company.db.user.update({
        where: { id: company.ids[who] },
        data: { homeStale: true, homeOpenedAt: new Date(NOON.getTime() - hoursAgo * 3_600_000) },
      });
    await Promise.all([opened('rep', 1), opened('rep2', 23), opened('manager', 25)]);
    const published: string[] = [];
    const ctx = await company.system();
    const publish = async (slackUserId: string) => {
      if (slackUserId === 'U_REP2') throw new Error('Slack is away');
      published.push(slackUserId);
    };
    expect(await refreshHomes(ctx, publish, log)).toEqual({ published: 1 });
    expect(published).toEqual(['U_REP']);
    const stale = await company.db.user.findMany({ where: { homeStale: true }, orderBy: { name: 'asc' } });
    expect(stale.map((user) => user.name)).toEqual(['manager', 'rep2']);
    // "Today" on a Home that was left open is yesterday after midnight, though no fact changed; once is enough.
    published.length = 0;
    const later = new Date(NOON.getTime() + 15 * 3_600_000);
    const nextDay = { ...ctx, now: later, today: todayIn(later, ctx.company.timezone) };
    expect(await refreshHomes(ctx, publish, log)).toEqual({ published: 0 });
    expect(await refreshHomes(nextDay, publish, log)).toEqual({ published: 1 });
    expect(await refreshHomes(nextDay, publish, log)).toEqual({ published: 0 });
    expect(published).toEqual(['U_REP']);
  });
});

/** The job, as it runs each minute. */
const pass = (now: Date, db = company.db) =>
  runJob(
    { ...env(now), db },
    job(async (ctx) => ({ sealed: await sealAudit(ctx) }), { name: SEAL_JOB }),
  );
const minutes = (count: number) => new Date(NOON.getTime() + count * 60_000);
const putIn = (time: Date, db = company.db) => db.$executeRaw`
  INSERT INTO audit_log (id, at, action, subject_type, subject_id)
  VALUES (${newId(time)}::uuid, ${time}, 'receipt.approved', 'receipt', ${newId(time)}::uuid)`;

describe('the audit chain', () => {
  const add = async (count: number) => {
    const ctx = await company.system();
    await company.db.$transaction((tx) =>
      recordAudit(
        tx,
        ctx,
        ...Array.from({ length: count }, (_, n) => ({
          action: 'probe.made',
          subjectType: 'probe',
          subjectId: newId(NOON),
          after: { n, z: { b: 1n, a: [null, 'x'] } },
        })),
      ),
    );
  };
  const tamper = (sql: string) =>
    database.db.pool.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);

  it('seals everything once in pieces, reports the tail, and verifies', async () => {
    await add(700);
    const ctx = await company.system();
    const sealed = await Promise.all([sealAudit(ctx), sealAudit(ctx)]);
    expect(sealed.reduce((sum, count) => sum + count)).toBe(700);
    await add(1);
    expect(await verifyAudit(company.db)).toMatchObject({ ok: true, sealed: 700, unsealed: 1, broken: [] });
    expect(await sealAudit(await company.system())).toBe(1);
    expect(await sealAudit(await company.system())).toBe(0);
    expect(await verifyAudit(company.db)).toMatchObject({ ok: true, sealed: 701, unsealed: 0 });
  });

  it.each([
    [
      'an edited row',
      `UPDATE audit_log SET after = '{"n": 99}' WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 4)`,
      'edited',
      4n,
    ],
    [
      'an object that was made a list of its pairs',
      `UPDATE audit_log SET after = jsonb_build_array(jsonb_build_array('n', after->'n'),
         jsonb_build_array('z', '[["a", [null, "x"]], ["b", "1"]]'::jsonb))
       WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 4)`,
      'edited',
      4n,
    ],
    [
      'nothing that was made a null',
      `UPDATE audit_log SET before = 'null' WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 4)`,
      'edited',
      4n,
    ],
    [
      'a number that was changed beyond what a float tells apart',
      `UPDATE audit_log SET after = jsonb_set(after, '{n}', ((after->>'n') || '.00000000000000000001')::jsonb)
       WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 4)`,
      'edited',
      4n,
    ],
    [
      'a changed time until which all had been sealed',
      `UPDATE audit_seal SET since = since - interval '1 day' WHERE seq = 4`,
      'edited',
      4n,
    ],
    [
      'a removed row',
      `DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 4)`,
      'missing',
      4n,
    ],
    ['a row removed with its seal', `DELETE FROM audit_seal WHERE seq = 4`, 'chain', 5n],
    [
      'an inserted seal',
      `UPDATE audit_seal SET seq = seq + 100 WHERE seq > 4;
       INSERT INTO audit_seal (seq, audit_id, prev_hash, hash) SELECT 50, gen_random_uuid(), hash, repeat('a', 64)
       FROM audit_seal WHERE seq = 4`,
      'missing',
      50n,
    ],
    [
      'two rows that changed places',
      `UPDATE audit_seal SET seq = 1009 - seq WHERE seq IN (4, 5);
       UPDATE audit_seal SET seq = seq - 1000 WHERE seq > 1000`,
      'chain',
      4n,
    ],
    [
      'an edited row whose own seal was made anew',
      `UPDATE audit_seal SET hash = repeat('b', 64) WHERE seq = 4`,
      'edited',
      4n,
    ],
  ])('finds %s', async (_what, sql, reason, seq) => {
    await add(9);
    await sealAudit(await company.system());
    await tamper(sql);
    const { ok, broken } = await verifyAudit(company.db);
    expect(ok).toBe(false);
    expect(broken[0]).toMatchObject({ reason, seq });
  });

  it('finds one row that was put in under an older time, until somebody has looked at it', async () => {
    await add(3);
    await pass(NOON);
    await putIn(minutes(-30));
    await pass(minutes(1));
    const found = await verifyAudit(company.db);
    expect(found).toMatchObject({ ok: false, brokenCount: 0, sealed: 4, late: 1, firstLate: { seq: 4n } });
    expect(describeVerification(found).join('\n')).toMatch(
      /CAME LATE: 4 rows[\s\S]*Look at 1 rows[\s\S]*--looked-at 4/,
    );
    expect(await verifyAudit(company.db, { lookedAt: 4n })).toMatchObject({ ok: true, late: 0 });
    await putIn(minutes(-16));
    await pass(minutes(2));
    expect(await verifyAudit(company.db, { lookedAt: 4n })).toMatchObject({
      ok: false,
      lastLate: { seq: 5n },
    });
  });

  it('takes for right what was committed late, or while nobody sealed', async () => {
    await add(3);
    await pass(NOON);
    // A transaction that began before the job, and was repeated.
    await putIn(minutes(-3));
    await pass(minutes(1));
    // The app stood still: what is written meanwhile, by hand or by an import, is sealed when it runs again.
    await putIn(minutes(5));
    await putIn(minutes(600));
    await pass(minutes(900));
    // A run that failed has sealed nothing.
    await runJob(
      env(minutes(1000)),
      job(() => Promise.reject(new Error('no')), { name: SEAL_JOB }),
    );
    await putIn(minutes(901));
    await pass(minutes(1001));
    expect(await verifyAudit(company.db)).toMatchObject({ ok: true, sealed: 7, late: 0 });
  });

  it('takes for right what is written after a clock that was ahead is put right', async () => {
    await add(3);
    // An hour and a half ahead, noticed after a minute.
    await pass(minutes(90));
    await putIn(minutes(1));
    await pass(minutes(2));
    await putIn(minutes(3));
    await pass(minutes(4));
    expect(await verifyAudit(company.db)).toMatchObject({ ok: true, sealed: 5, late: 0 });
    await putIn(minutes(-20));
    await pass(minutes(5));
    expect(await verifyAudit(company.db)).toMatchObject({ ok: false, late: 1 });
  });

  it('recomputes what earlier versions have sealed, and goes on from there', async () => {
    const earlier = {
      id: '01a1f6ae-9900-7000-8000-975a4967a592',
      at: new Date('2026-11-20T02:00:00.123Z'),
      ...{ actorId: null, action: 'probe.made', subjectType: 'probe', requestId: 'r' },
      subjectId: '01a1f6ae-9900-7000-8000-975a4967a593',
    };
    await company.db.auditLog.create({
      data: { ...earlier, after: { z: { b: '1', a: [null, 'x'] }, n: 2 } },
    });
    const hash = '16c3345203b73ebb98be0fc5fb4d1e7f3317022fbbad02d9578a8f3856e8a88e';
    await company.db.auditSeal.create({ data: { auditId: earlier.id, prevHash: FIRST_HASH, hash } });
    await add(2);
    await sealAudit(await company.system());
    expect(await verifyAudit(company.db, { head: hash })).toMatchObject({ ok: true, sealed: 3 });
    await tamper(`UPDATE audit_log SET after = '{"n": 3}' WHERE id = '${earlier.id}'`);
    expect(await verifyAudit(company.db)).toMatchObject({
      ok: false,
      broken: [{ seq: 1n, reason: 'edited' }],
    });
  });

  it('finds every bad link, and what was put in later under an older time', async () => {
    await add(9);
    await pass(NOON);
    await tamper(`UPDATE audit_log SET actor_id = gen_random_uuid() WHERE id IN
      (SELECT audit_id FROM audit_seal WHERE seq IN (2, 7))`);
    await database.db.pool.query(`INSERT INTO audit_log (id, at, action, subject_type, subject_id)
      VALUES (gen_random_uuid(), '2026-01-01T00:00:00Z', 'receipt.approved', 'receipt', gen_random_uuid())`);
    const before = await verifyAudit(company.db);
    expect(before).toMatchObject({
      unsealed: 1,
      unsealedSince: new Date('2026-01-01T00:00:00Z'),
      brokenCount: 2,
      broken: [
        { seq: 2n, reason: 'edited' },
        { seq: 7n, reason: 'edited' },
      ],
    });
    await sealAudit(await company.system());
    const after = await verifyAudit(company.db);
    expect(after).toMatchObject({ unsealed: 0, late: 1, firstLate: { seq: 10n } });
    expect(describeVerification(after).join('\n')).toMatch(
      /NOT INTACT: 2 of 10[\s\S]*seal 2[\s\S]*Look at 1 rows/,
    );
  });

  it('finds a cut-off end by a head that was noted earlier', async () => {
    await add(9);
    await sealAudit(await company.system());
    const { head } = await verifyAudit(company.db);
    await tamper(
      'DELETE FROM audit_seal WHERE seq >= 8; DELETE FROM audit_log WHERE id NOT IN (SELECT audit_id FROM audit_seal)',
    );
    expect(await verifyAudit(company.db)).toMatchObject({ ok: true, sealed: 7 });
    expect(await verifyAudit(company.db, { head })).toMatchObject({ ok: false, broken: [{ reason: 'cut' }] });
  });
});

describe('npm run job', () => {
  it.each([
    [[], 'Usage'],
    [['everything'], 'Usage'],
    [['plan-reminders', '--at', '2026-11-21T09:00'], 'with a zone'],
    [['plan-reminders', '--at', 'soon'], 'with a zone'],
  ])('%j is explained', async (argv, words) => {
    await expect(runCommand(argv, {}, () => {})).rejects.toThrow(words);
  });

  it.each([
    ['a job', (env: { DATA_DIR: string }) => runCommand(['seal-audit'], env, () => {})],
    ['the audit', (env: { DATA_DIR: string }) => runAuditCommand([], env, () => {})],
  ])('%s makes no database where there is none, and calls nothing intact', async (_name, run) => {
    const dir = join(tmpdir(), `huikuan-none-${newId(NOON)}`);
    await expect(run({ DATA_DIR: dir })).rejects.toThrow(`There is no database in ${dir}. Set DATA_DIR`);
    expect(existsSync(dir)).toBe(false);
    expect(describeVerification(await verifyAudit(company.db)).join('\n')).toMatch(
      /^Nothing is sealed .* is it the right/,
    );
  });

  it('plans a morning by hand at any time, and verifies the trail', async () => {
    const own = await createTestDatabase();
    const { target } = own;
    const theirs = await createTestCompany(own.db.prisma);
    await anActiveContract(theirs, [[100_00n, '2026-12-10']], { now: at('2026-11-20') });
    const entries = await theirs.db.auditLog.count();
    // The command opens the database itself: the embedded engine allows one process at a time.
    await own.db.close();
    const environment =
      'databaseUrl' in target ? { DATABASE_URL: target.databaseUrl } : { DATA_DIR: target.dataDir };
    const lines: string[] = [];
    const run = (...argv: string[]) => runCommand(argv, environment, (line) => lines.push(line));
    expect(await run('plan-reminders', '--at', '2026-12-03T09:00+08:00')).toBe(0);
    expect(await run('seal-audit')).toBe(0);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { reminders: 1, cases: 0, digests: 1 },
      { sealed: entries },
    ]);
    const words: string[] = [];
    const verify = (...argv: string[]) => runAuditCommand(argv, environment, (line) => words.push(line));
    expect(await verify()).toBe(0);
    expect(words.join('\n')).toMatch(
      new RegExp(`intact: ${entries} rows[\\s\\S]*Nothing waits[\\s\\S]*Head: `),
    );
    expect(await verify('--head', 'f'.repeat(64))).toBe(1);
    await expect(verify('--head', 'soon')).rejects.toThrow('is not a head');
    await expect(verify('--looked-at', 'all')).rejects.toThrow('is not the number');
    // The app has sealed until then; one row is put in under an older time.
    const again = await openDatabase(target);
    await pass(at('2026-12-03', '09:30'), again.prisma);
    await putIn(at('2026-12-03', '09:00'), again.prisma);
    await pass(at('2026-12-03', '09:31'), again.prisma);
    await again.close();
    expect(await verify()).toBe(1);
    expect(await verify('--looked-at', `${entries + 1}`)).toBe(0);
    await own.close();
    // The embedded engine starts six times.
  }, 120_000);

  it('sends by hand what waits, in turn with an app that may send from the same server', async () => {
    const own = await createTestDatabase();
    const { target } = own;
    const sandbox = await startLocalSlack();
    const theirs = await createTestCompany(own.db.prisma);
    await anActiveContract(theirs, [[100_00n, '2026-12-10']], { now: at('2026-11-20') });
    await planReminders(await theirs.system(at('2026-12-03')));
    await own.db.close();
    const environment = {
      ...('databaseUrl' in target ? { DATABASE_URL: target.databaseUrl } : { DATA_DIR: target.dataDir }),
      SLACK_BOT_TOKEN: sandbox.botToken,
      SLACK_APP_TOKEN: 'xapp-1',
      SLACK_API_URL: sandbox.apiUrl,
      LOG_LEVEL: 'silent',
    };
    const argv = ['deliver-notices', '--at', '2026-12-03T09:00+08:00'];
    expect(await runCommand(argv, environment, () => {})).toBe(0);
    expect(sandbox.messages(sandbox.dm(slackIdOf('rep'))).length).toBeGreaterThan(0);
    const after = await openDatabase(target);
    const paces = await after.prisma.deliveryPace.count();
    expect(paces > 0).toBe(after.engine === 'postgres');
    await after.close();
    await sandbox.close();
    await own.close();
  }, 120_000);
});
