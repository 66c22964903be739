// Long work of this process in slices. Between two of them others get their turn, among them the answers of the database:
// without, its next statement waits until all of the work is done, and the two take turns instead of working at once.
import { setImmediate } from 'node:timers/promises';

/** How long a slice is, in milliseconds. */
const SLICE_MS = 2;

export class Slices {
  private began: number;

  constructor(
    /** In milliseconds. */
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.began = clock();
  }

  /** Whether others are to have their turn now; asked for after each small piece of the work. */
  get isOver(): boolean {
    return this.clock() - this.began >= SLICE_MS;
  }

  /** Gives them their turn, and begins the next slice. */
  async next(): Promise<void> {
    await setImmediate();
    this.began = this.clock();
  }
}

/** As `items.map(make)`, in slices. */
export async function mapInSlices<T, R>(items: readonly T[], make: (item: T) => R): Promise<R[]> {
  const slices = new Slices();
  const made: R[] = [];
  for (const item of items) {
    if (slices.isOver) await slices.next();
    made.push(make(item));
  }
  return made;
}
