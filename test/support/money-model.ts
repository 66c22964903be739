// Money in plain objects, as rules §3-§5 say it: what the app must arrive at, step by step. Knows no database and no code
// of the app; which line is taken where the rules leave it open is told by the card that was shown.

export interface ModelLine {
  row: string;
  amount: bigint;
  recovery: boolean;
  /** When it was booked: later ones are released first. */
  booked: number;
}
export interface ModelAdjustment {
  kind: 'bad_debt' | 'small_difference' | 'recovery';
  amount: bigint;
  /** Index of what it undoes. */
  undoes: number | null;
}
export interface ModelRow {
  id: string;
  amount: bigint;
  due: string;
  isRetention: boolean;
  lifecycle: 'open' | 'settled' | 'written_off' | 'cancelled';
  adjustments: ModelAdjustment[];
  asked: { kind: 'bad_debt' | 'small_difference'; amount: bigint; undoes: number | null } | null;
}
export interface ModelReceipt {
  id: string;
  amount: bigint;
  status: 'submitted' | 'draft' | 'rejected' | 'approved';
  proposed: Omit<ModelLine, 'booked'>[];
  /** Money of nobody knows whom that it is. */
  claims: string | null;
  lines: ModelLine[];
  reversed: bigint;
  refunded: bigint;
  movement: { id: string; kind: 'reversal' | 'refund'; amount: bigint } | null;
}

const sum = (list: readonly { amount: bigint }[]): bigint =>
  list.reduce((total, one) => total + one.amount, 0n);

export class MoneyModel {
  readonly rows = new Map<string, ModelRow>();
  readonly receipts = new Map<string, ModelReceipt>();
  #clock = 0;

  row(id: string): ModelRow {
    const row = this.rows.get(id);
    if (!row) throw new Error(`no row ${id}`);
    return row;
  }
  receipt(id: string): ModelReceipt {
    const receipt = this.receipts.get(id);
    if (!receipt) throw new Error(`no receipt ${id}`);
    return receipt;
  }

  linesOn(row: string): ModelLine[] {
    return [...this.receipts.values()].flatMap((one) => one.lines).filter((line) => line.row === row);
  }
  received(id: string): bigint {
    return sum(this.linesOn(id));
  }
  outstanding(id: string): bigint {
    const row = this.row(id);
    if (row.lifecycle === 'cancelled') return 0n;
    return row.amount - sum(this.linesOn(id)) - sum(row.adjustments);
  }
  recoverable(id: string): bigint {
    return sum(this.row(id).adjustments.filter((one) => one.kind !== 'small_difference'));
  }
  /** What money can go to a row: open amount, or bad debt of a closed one. */
  room(id: string): bigint {
    return this.row(id).lifecycle === 'open' ? this.outstanding(id) : this.recoverable(id);
  }
  unapplied({ amount, lines, reversed, refunded }: ModelReceipt): bigint {
    return amount - sum(lines) - reversed - refunded;
  }
  left(receipt: ModelReceipt): bigint {
    return this.unapplied(receipt) + sum(receipt.lines);
  }
  status(receipt: ModelReceipt): string {
    if (receipt.status !== 'approved' || receipt.reversed === 0n) return receipt.status;
    return receipt.reversed === receipt.amount ? 'reversed' : 'partly_reversed';
  }
  isBooked(receipt: ModelReceipt): boolean {
    return receipt.status === 'approved' && receipt.reversed < receipt.amount;
  }
  /** It counts, or waits to: what it claims is nobody else's. */
  lives(receipt: ModelReceipt): boolean {
    return receipt.status === 'submitted' || this.isBooked(receipt);
  }
  currentOn(receipt: ModelReceipt, row: string): bigint {
    return sum(receipt.lines.filter((line) => line.row === row));
  }

  /** Whether what a card shows can be booked: each line on what it was proposed for. */
  fits(lines: readonly Omit<ModelLine, 'booked'>[]): boolean {
    return lines.every(
      (line) =>
        line.amount <= this.room(line.row) && line.recovery === (this.row(line.row).lifecycle !== 'open'),
    );
  }

  book(receipt: ModelReceipt, lines: readonly Omit<ModelLine, 'booked'>[]): void {
    this.#clock += 1;
    for (const line of lines) {
      receipt.lines.push({ ...line, booked: this.#clock });
      const row = this.row(line.row);
      if (line.recovery) row.adjustments.push({ kind: 'recovery', amount: -line.amount, undoes: null });
      else if (this.outstanding(line.row) === 0n) {
        row.lifecycle = 'settled';
        // Nothing is left to write off: what was asked about it is over.
        if (row.asked?.undoes === null) row.asked = null;
      }
    }
  }

  /** Takes of a receipt's lines on a row, the newest first; what stays of one is made anew. */
  take(receipt: ModelReceipt, id: string, amount: bigint): void {
    this.#clock += 1;
    let rest = amount;
    for (const line of receipt.lines
      .filter((one) => one.row === id)
      .toSorted((a, b) => b.booked - a.booked)) {
      const taken = line.amount < rest ? line.amount : rest;
      if (taken === 0n) break;
      rest -= taken;
      receipt.lines.splice(receipt.lines.indexOf(line), 1);
      if (taken < line.amount)
        receipt.lines.push({ ...line, amount: line.amount - taken, booked: this.#clock });
      if (line.recovery) this.row(id).adjustments.push({ kind: 'recovery', amount: taken, undoes: null });
      else this.row(id).lifecycle = 'open';
    }
    if (rest > 0n) throw new Error('more was taken than there was');
  }

  /** The newest write-off that stands, as far as it was not recovered. */
  undoable(id: string): { undoes: number; kind: 'bad_debt' | 'small_difference'; amount: bigint } | null {
    const { adjustments } = this.row(id);
    for (let index = adjustments.length - 1; index >= 0; index -= 1) {
      const one = adjustments[index];
      if (!one || one.kind === 'recovery' || one.amount < 0n) continue;
      const rest = one.amount + sum(adjustments.filter((other) => other.undoes === index));
      const left = this.recoverable(id);
      const amount = one.kind === 'bad_debt' && left < rest ? left : rest;
      if (amount > 0n) return { undoes: index, kind: one.kind, amount };
    }
    return null;
  }

  adjust(id: string, asked: NonNullable<ModelRow['asked']>): void {
    const row = this.row(id);
    row.adjustments.push(asked);
    if (this.outstanding(id) > 0n) row.lifecycle = 'open';
    else row.lifecycle = this.recoverable(id) > 0n ? 'written_off' : 'settled';
  }

  /** All money of the contract is credit; its rows are cancelled but for those that are bad debt. */
  makeVoid(): void {
    for (const receipt of this.receipts.values())
      for (const { row } of [...receipt.lines]) {
        const amount = this.currentOn(receipt, row);
        if (amount > 0n) this.take(receipt, row, amount);
      }
    for (const row of this.rows.values()) {
      row.asked = null;
      if (row.lifecycle === 'written_off') continue;
      row.lifecycle = 'cancelled';
      row.adjustments = [];
    }
  }

  /** What the customer owes less what is in credit (rules §4 no. 4). */
  balance(): bigint {
    const open = [...this.rows.keys()].reduce((total, id) => total + this.outstanding(id), 0n);
    const credit = [...this.receipts.values()]
      .filter((one) => one.status === 'approved')
      .reduce((total, one) => total + this.unapplied(one), 0n);
    return open - credit;
  }
}
