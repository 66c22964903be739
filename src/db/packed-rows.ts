// Very many rows as text, some hundred to a piece: as objects, a report with a line for each of a hundred thousand customers
// takes more room than the whole process otherwise. They become objects a piece at a time, where they are read.
import { Prisma } from '../generated/prisma/client.js';
import type { Db, Tx } from './client.js';
import { PLANNED_ANEW } from './statement-names.js';
import { readWide } from './wide-query.js';

/** Columns of a query: text, and whole numbers. */
export interface Columns<T extends string, N extends string> {
  readonly texts: readonly T[];
  readonly numbers: readonly N[];
}
/** A whole number that is NULL is 0. */
export type Unpacked<T extends string, N extends string> = { readonly [K in T]: string | null } & {
  readonly [K in N]: bigint;
};

const ROWS = 100;
/** Pieces that are taken from the database at once. */
const TAKEN = Prisma.raw('20');

/** The rows of a query, in its order: each time they are gone through, piece by piece. */
export class PackedRows<T extends string, N extends string> {
  constructor(
    private readonly pieces: readonly Buffer[],
    private readonly columns: Columns<T, N>,
  ) {}

  *inPieces(): Generator<Unpacked<T, N>[]> {
    for (const piece of this.pieces) {
      const rows = JSON.parse(piece.toString()) as (string | null)[][];
      yield rows.map((row) => this.unpack(row));
    }
  }

  /** The same for a look at all of them at once: others get their turn after each piece. */
  async *inTurns(): AsyncGenerator<Unpacked<T, N>[]> {
    for (const rows of this.inPieces()) {
      yield rows;
      await new Promise((done) => setImmediate(done));
    }
  }

  private unpack(row: readonly (string | null)[]): Unpacked<T, N> {
    const { texts, numbers } = this.columns;
    const cells: Record<string, string | bigint | null> = {};
    for (const [index, name] of texts.entries()) cells[name] = row[index] ?? null;
    for (const [index, name] of numbers.entries()) cells[name] = BigInt(row[texts.length + index] ?? 0);
    return cells as Unpacked<T, N>;
  }
}

/** As queryWide, for very many rows. */
export async function queryPacked<T extends string, N extends string>(
  db: Db | Tx,
  query: Prisma.Sql,
  columns: Columns<T, N>,
): Promise<PackedRows<T, N>> {
  const cells = [...columns.texts, ...columns.numbers].map((name) => `x."${name}"::text`).join(', ');
  const packed = Prisma.sql`SELECT json_agg(json_build_array(${Prisma.raw(cells)}) ORDER BY x.packed_at)::text AS piece
    FROM (SELECT q.*, row_number() OVER () AS packed_at FROM (${query}) q) x
    GROUP BY (x.packed_at - 1) / ${ROWS}::int ORDER BY MIN(x.packed_at)`;
  // Some at a time: the driver's texts of all pieces at once take several times as much room as the pieces.
  const pieces = await readWide(db, async (tx) => {
    await tx.$queryRaw`SELECT set_config('cursor_tuple_fraction', '1', true)`;
    await tx.$executeRaw`${PLANNED_ANEW} DECLARE packed NO SCROLL CURSOR FOR ${packed}`;
    const taken: Buffer[] = [];
    for (;;) {
      const rows = await tx.$queryRaw<{ piece: string }[]>`${PLANNED_ANEW} FETCH ${TAKEN} FROM packed`;
      // Beyond the heap, where they are not looked through again and again.
      for (const { piece } of rows) taken.push(Buffer.from(piece));
      if (rows.length === 0) break;
    }
    await tx.$executeRaw`${PLANNED_ANEW} CLOSE packed`;
    return taken;
  });
  return new PackedRows(pieces, columns);
}
