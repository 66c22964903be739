// The lines of a backup, in order, with what they are checked against at the end.
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import {
  type BackupEnd,
  type BackupHeader,
  disturbedBy,
  endLine,
  headerLine,
  startOfTable,
} from './format.js';
import { takeMoment } from './moment.js';

export interface DumpSource {
  readonly pool: Pool;
  readonly engine: BackupHeader['engine'];
  readonly now: Date;
}

/**
 * The whole database at one moment, in pieces of some lines: no more of it is in memory than a batch, or one attached file.
 * @returns the end, as it was written
 * @throws BackupError schema: there is no database of Huikuan; disturbed: the moment was lost half-way, begin again
 */
export async function* dump({
  pool,
  engine,
  now,
}: DumpSource): AsyncGenerator<string, Omit<BackupEnd, 'end'>> {
  const hash = createHash('sha256');
  const rows: Record<string, number> = {};
  const piece = (lines: readonly string[]): string => {
    const text = `${lines.join('\n')}\n`;
    hash.update(text);
    return text;
  };
  const moment = await takeMoment(pool, engine);
  try {
    const { migrations, tables, sequences } = moment;
    const columnsOf = tables.map(({ name, columns }) => ({ name, columns: columns.map((one) => one.name) }));
    yield piece([headerLine({ madeAt: now.toISOString(), engine, migrations, tables: columnsOf })]);
    for (const table of tables) {
      yield piece([startOfTable(table.name)]);
      let count = 0;
      for (let lines = await moment.next(table); lines.length > 0; lines = await moment.next(table)) {
        count += lines.length;
        yield piece(lines);
      }
      rows[table.name] = count;
    }
    const end = { rows, sequences, sha256: hash.digest('hex') };
    yield `${endLine(end)}\n`;
    return end;
  } catch (error) {
    throw disturbedBy(error);
  } finally {
    await moment.end();
  }
}
