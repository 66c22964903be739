// A spreadsheet as this app reads it, whatever its format: a header and a stream of rows of text.
import { DomainError, type ErrorParams } from '../domain/errors.js';

export type SheetFormat = 'csv' | 'xlsx';

/** A row below the header; `line` is the number that a person sees beside it in the file, from 1. */
export interface SheetRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Sheet {
  readonly format: SheetFormat;
  /** Of the whole file: whether it is the same one again. */
  readonly sha256: string;
  /** Of a workbook: the names of its sheets; the first is read. */
  readonly sheets: readonly string[];
  readonly header: readonly string[];
  /** Rows that hold something, in order; may be read once. */
  readonly rows: AsyncIterable<SheetRow>;
  /** For rows that are perhaps not read to their end: lets go of what reads them. */
  readonly close: () => Promise<void>;
}

/** The refusal of a whole file, in words the person understands. */
export const rejected = (file: string, reason: ErrorParams['file.rejected']['reason']): DomainError =>
  new DomainError('file.rejected', { file, reason });
