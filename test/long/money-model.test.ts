// Random sequences of everything that moves money, against the model of test/support/money-model.ts: each step must be
// allowed exactly where the model allows it, and leave exactly what the model has; every sum of rules §4 must hold.
// MODEL_SEED repeats a sequence, MODEL_ROUNDS asks for more (CI: 150). The steps are test/support/money-steps.ts, what
// must hold money-compare.ts.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealAudit, verifyAudit } from '../../src/domain/audit-seal.service.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { checkEnd, compare } from '../support/money-compare.js';
import { endWaiting, makeVoid } from '../support/money-ends.js';
import { step, take } from '../support/money-steps.js';
import { aWorld } from '../support/money-world.js';

const ROUNDS = Number(process.env.MODEL_ROUNDS ?? 25);
/** Sequences on one company: sums are computed over all of its rows, each time. */
const A_COMPANY = 25;
const SEED = Number(process.env.MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** What a run of CI's length must have come to. */
const REACHED = [
  'recorded',
  'approved',
  'redrawn',
  'reversed',
  'refunded',
  'applied',
  'applied by itself',
  'reallocated',
  'bad_debt posted',
  'undone',
  'postponed',
  'milestone',
  'claimed',
  'claim refused',
  'void with money',
  'void refused',
];

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  // What the sequences left in the trail makes a chain that holds.
  await sealAudit(await company.system());
  expect(await verifyAudit(company.db)).toMatchObject({ ok: true, unsealed: 0, brokenCount: 0 });
  await database.close();
});

describe('everything that moves money', () => {
  it('does what a simple model does, and keeps every sum', { timeout: ROUNDS * 10_000 }, async () => {
    const seen = new Map<string, number>();
    const saw = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    let sequences = 0;
    let commands = 0;
    const began = performance.now();
    console.info(`money model seed ${SEED}, rounds ${ROUNDS}`);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        sequences += 1;
        commands += steps.length;
        if (sequences % A_COMPANY === 0) {
          await truncate(database.db);
          company = await createTestCompany(database.db.prisma);
        }
        const world = await aWorld(company);
        // Two things never happen at the same instant.
        const tick = () => {
          world.now = new Date(world.now.getTime() + 1_000);
        };
        for (const one of steps) {
          tick();
          saw(await take(world, one));
          await compare(world);
        }
        if (sequences % 2 === 0) {
          tick();
          if (sequences % 4 === 0) await endWaiting(world);
          saw(await makeVoid(world));
          await compare(world);
        }
        await checkEnd(world);
      }),
      { numRuns: ROUNDS, seed: SEED, endOnFailure: true },
    );
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.info(`${sequences} sequences, ${commands} commands, ${seconds} s`);
    console.info([...seen].map(([what, count]) => `${what} ${count}`).join(', '));
    // What is rare need not come in few rounds, whatever the seed.
    if (ROUNDS < 150) return;
    for (const reached of REACHED) expect(seen.get(reached) ?? 0, reached).toBeGreaterThan(0);
  });
});
