// Writes rows through the real application database until it is killed, and prints the number of each row
// only after its commit was acknowledged.
import { openDatabase } from '../../src/db/client.js';
import { transact } from '../../src/db/transact.js';

const [dataDir = '', from = '0'] = process.argv.slice(2);
const db = await openDatabase({ dataDir });
const print = (line: string) =>
  new Promise<void>((resolve) => {
    process.stdout.write(`${line}\n`, () => resolve());
  });

await print('open');
for (let value = BigInt(from) + 1n; ; value += 1n) {
  const period = String(value);
  // Two rows in one transaction: half of it must never be seen. The second is large, to move the log along.
  await transact(db.prisma, async (tx) => {
    await tx.counter.create({ data: { key: 'first', period, value } });
    await tx.counter.create({
      data: { key: `second ${'x'.repeat(1 + Number(value % 7n) * 300)}`, period, value },
    });
  });
  if (value % 50n === 0n) await db.prisma.$executeRaw`CHECKPOINT`;
  await print(period);
}
