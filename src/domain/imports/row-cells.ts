// The cells of one row by field, and the problems met on the way. Pure.
import type { LocalDate } from '../local-date.js';
import type { ImportMapping, ImportOptions } from './mapping.js';
import {
  type Choice,
  type Read,
  type RowError,
  type RowErrorCode,
  readCurrency,
  readDate,
} from './read-values.js';

/** What a row is read against. */
export interface ReadContext {
  readonly mapping: ImportMapping;
  readonly options: ImportOptions;
  readonly today: LocalDate;
  /** The latest day of a plan, and the days between which a contract is signed: the same for all rows. */
  readonly latestPlan: LocalDate;
  readonly signing: { readonly from: LocalDate; readonly to: LocalDate };
  readonly baseCurrency: string;
  readonly currencies: readonly string[];
  readonly customerTypes: readonly Choice[];
  readonly industries: readonly Choice[];
  readonly contractTypes: readonly Choice[];
  readonly paymentMethods: readonly Choice[];
  readonly findPerson: (cell: string) => Read<string>;
}

/** What one row says; amounts are minor units as text, as JSON holds them. */
export interface ReadRow {
  readonly fields: Record<string, unknown>;
  readonly ownerId: string | null;
  /** What the row is known by: equal keys are the same thing. `unique`: a number or a name; else a second one counts. */
  readonly key: string;
  readonly unique: boolean;
  /** What it was known by before its numbers were in the key: what came in then is known still. */
  readonly formerKey?: string;
  readonly errors: readonly RowError[];
}

/** What a spreadsheet shows where a formula failed. */
const FAILED_FORMULA = /^#(?:DIV\/0!|N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!)$/;

/** The cells of one row by field; problems are collected as they are met. */
export class RowCells {
  readonly errors: RowError[] = [];

  constructor(
    private readonly cells: readonly string[],
    readonly context: ReadContext,
  ) {
    for (const field in context.mapping) {
      const text = cells[context.mapping[field] ?? -1];
      if (text?.startsWith('#') && FAILED_FORMULA.test(text))
        this.errors.push({ code: 'formula_failed', field, params: { value: text } });
    }
  }

  /** Whether the file has any of these columns. */
  has(fields: readonly string[]): boolean {
    for (const field of fields) if (this.context.mapping[field] !== undefined) return true;
    return false;
  }

  /** Null where the column is not there or the cell is empty. */
  text(field: string): string | null {
    const column = this.context.mapping[field];
    const text = column === undefined ? '' : (this.cells[column] ?? '').trim();
    return text === '' ? null : text;
  }

  refuse(field: string | null, code: RowErrorCode, params: RowError['params'] = {}): null {
    // What a formula did not come to is no amount, date or choice either.
    const failed = this.errors.some((error) => error.code === 'formula_failed' && error.field === field);
    if (!failed) this.errors.push({ code, field, params });
    return null;
  }

  required(field: string): string {
    return this.text(field) ?? this.refuse(field, 'required') ?? '';
  }

  read<T>(field: string, read: (text: string) => Read<T>): T | null {
    const text = this.text(field);
    if (text === null) return null;
    const result = read(text);
    return result.ok ? result.value : this.refuse(field, result.error.code, result.error.params);
  }

  date(field: string): LocalDate | null {
    const { options, today } = this.context;
    return this.read(field, (text) => readDate(text, options.dateOrder, today));
  }

  currency(): string {
    const { options, baseCurrency, currencies } = this.context;
    return (
      this.read('currency', (text) => readCurrency(text, currencies)) ?? options.currency ?? baseCurrency
    );
  }

  owner(): string | null {
    return this.read('owner', this.context.findPerson) ?? this.context.options.ownerId;
  }

  /** Problems that a schema of the domain found, each on the column of its first path element. */
  schema(
    issues: readonly { readonly path: readonly PropertyKey[]; readonly code: string; maximum?: unknown }[],
    columns: Readonly<Record<string, string>> = {},
  ): void {
    for (const issue of issues) {
      const name = String(issue.path.at(-1) ?? '');
      const field = columns[name] ?? String(issue.path[0] ?? name);
      if (issue.code === 'too_big') this.refuse(field, 'too_long', { max: Number(issue.maximum) });
      else this.refuse(field, 'invalid');
    }
  }
}

/** Names without what people type differently: letter case, width, spaces. */
export const foldKey = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase();

/** Only what is there. */
export function given(values: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const field in values) {
    const value = values[field];
    if (value !== null && value !== undefined) found[field] = value;
  }
  return found;
}
