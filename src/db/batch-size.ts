// How many rows go into one transaction: more where it is quick, so that a server does not wait for its client, fewer
// where everybody waits for it.

export interface BatchLimits {
  readonly fewest: number;
  readonly most: number;
  /** What a transaction should take, in milliseconds. */
  readonly targetMs: number;
}

export class BatchSize {
  /** Of the next transaction. */
  rows: number;

  constructor(
    private readonly limits: BatchLimits,
    /** In milliseconds. */
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.rows = limits.fewest;
  }

  /** Carries out the work of so many rows, and has the next ones fit the time that it took. */
  async time(rows: number, work: () => Promise<unknown>): Promise<void> {
    const { fewest, most, targetMs } = this.limits;
    const began = this.clock();
    await work();
    const fitting = Math.round((rows * targetMs) / Math.max(1, this.clock() - began));
    this.rows = Math.min(most, Math.max(fewest, fitting));
  }
}
