// A backup of the embedded database while others work: how long it takes, and how long anybody else waits for a turn.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBackup } from '../src/backup/backup-file.js';
import type { Database } from '../src/db/client.js';
import { localDate } from '../src/domain/local-date.js';
import { fill } from './data.js';
import { ms, type Row, timed } from './measure.js';

const NOW = new Date('2026-11-19T02:00:00Z');
const INSTALMENTS = 80_000;
const LONGEST_WAIT_MS = 200;

export async function benchBackup(database: Database): Promise<Row[]> {
  await fill(database, localDate('2026-11-19'), NOW, { instalments: INSTALMENTS, due: 8_000, reps: 40 });
  const dir = await mkdtemp(join(tmpdir(), 'huikuan-bench-backup-'));
  const waits: number[] = [];
  let isOver = false;
  // One after another, as clicks: each changes a row.
  const others = async () => {
    while (!isOver)
      waits.push(
        await timed(() =>
          database.pool.query(
            `UPDATE instalment SET version = version + 1
             WHERE id = ('00030000-0000-7000-8000-' || lpad(to_hex(${waits.length * 997} % ${INSTALMENTS}), 12, '0'))::uuid`,
          ),
        ),
      );
  };
  try {
    const working = others();
    let rows = 0;
    const took = await timed(async () => {
      const { pool, engine } = database;
      rows = (await writeBackup({ pool, engine, now: NOW }, join(dir, 'backup.jsonl.gz'))).rows;
    });
    isOver = true;
    await working;
    const longest = Math.max(...waits);
    const line = { engine: database.engine, floor: '', ratio: null };
    const what = `backup of ${rows.toLocaleString('en')} rows`;
    return [
      { ...line, what, ours: ms(took), target: '', met: null },
      {
        ...line,
        what: '… longest wait of a click meanwhile',
        ours: ms(longest),
        target: `≤ ${LONGEST_WAIT_MS} ms`,
        met: longest <= LONGEST_WAIT_MS,
      },
    ];
  } finally {
    await rm(dir, { recursive: true });
  }
}
