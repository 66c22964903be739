// Workbooks are read in a thread of their own: all of them, and whatever happens to it only the thread ends.
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { writeSheet } from '../../src/sheets/write-sheet.js';
import { OutOfRoomError, readInThread } from '../../src/sheets/xlsx-thread.js';

const workbook = (rows: number, text = '') =>
  writeSheet(
    'xlsx',
    ['名称', '备注'],
    Array.from({ length: rows }, (_, at) => [`公司${at}`, text]),
  );

it('hands over every row in its order, however many', async () => {
  const indices: number[] = [];
  const names: unknown[] = [];
  for await (const { index, values } of readInThread(await workbook(1_250))) {
    indices.push(index);
    names.push(values[0]);
  }
  expect(indices).toEqual(Array.from({ length: 1_251 }, (_, at) => at));
  expect([names[1], names[500], names[501], names[1_250]]).toEqual([
    '公司0',
    '公司499',
    '公司500',
    '公司1249',
  ]);
});

it('ends with whoever reads no further', async () => {
  for await (const { values } of readInThread(await workbook(5_000))) {
    expect(values).toEqual(['名称', '备注']);
    break;
  }
});

it('is gone where it was asked for nothing for long, and says so', async () => {
  const rows = readInThread(await workbook(1_000), { idleMs: 1 });
  await rows.next();
  await setTimeout(300);
  for (let at = 1; at < 500; at += 1) await rows.next();
  await expect(rows.next()).rejects.toThrow('gone');
});

it('reads two at once, and the next when one has ended or nobody asks for more of it', async () => {
  const bytes = await workbook(1_000);
  const open = () => readInThread(bytes, { idleMs: 2_000 });
  const [first, abandoned, third, fourth] = [open(), open(), open(), open()];
  await Promise.all([first.next(), abandoned.next()]);
  const begun: string[] = [];
  const third1 = third.next().then(() => begun.push('third'));
  const fourth1 = fourth.next().then(() => begun.push('fourth'));
  await setTimeout(200);
  expect(begun).toEqual([]);
  await first.return(undefined);
  await third1;
  await third.return(undefined);
  await fourth1;
  const fifth = open();
  await fifth.next();
  expect(begun).toEqual(['third', 'fourth']);
  await Promise.all([fourth.return(undefined), fifth.return(undefined)]);
});

it('copies no long text whole for each cell that shares it', async () => {
  const cells = Array.from({ length: 200 }, () => 'x'.repeat(10_000));
  const bytes = await writeSheet(
    'xlsx',
    cells.map((_, at) => `列${at}`),
    Array.from({ length: 60 }, () => cells),
  );
  const before = process.resourceUsage().maxRSS;
  const lengths = new Set<number>();
  for await (const { index, values } of readInThread(bytes))
    if (index > 0) for (const value of values) lengths.add(String(value).length);
  expect([...lengths]).toEqual([5_000]);
  // Whole they are 120 MB, several times.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(200_000);
});

it('says so where there is no room, and nobody else ends', async () => {
  const bytes = await workbook(20_000, 'x'.repeat(500));
  await expect(readInThread(bytes, { heapMb: 4 }).next()).rejects.toThrow(OutOfRoomError);
});

it('tells what the library says', async () => {
  await expect(readInThread(Buffer.from('PK no workbook')).next()).rejects.toMatchObject({
    name: 'ZipError',
  });
});
