// Reads what a person typed in a modal: values by block_id, and every field error at once.
import type { ViewStateValue } from '@slack/bolt';
import { MAX_FILE_BYTES, type UploadedFile } from '../domain/attachments.js';
import { DomainError, type ErrorCode, type ErrorParams } from '../domain/errors.js';
import { isLocalDate, type LocalDate } from '../domain/local-date.js';
import { isZeroAmount, parseAmount } from '../domain/parse-amount.js';
import { parseDate } from '../domain/parse-date.js';
import { NOT_LOADED } from './choices.js';

export type StateValues = Record<string, Record<string, ViewStateValue>>;

/**
 * The fields of one submission. Each reader returns a value or notes an error for its field; `check()` throws them all.
 * A block_id may carry a suffix after `|` (dependent fields get new ids): fields are named without it.
 */
export class Form {
  private readonly values = new Map<string, { blockId: string; value: ViewStateValue }>();
  private readonly problems = new Map<string, DomainError>();

  constructor(state: StateValues) {
    for (const [blockId, actions] of Object.entries(state)) {
      const value = Object.values(actions)[0];
      if (!value) continue;
      this.values.set(fieldOf(blockId), { blockId, value });
      const chosen = [value.selected_option, ...(value.selected_options ?? [])];
      if (chosen.some((one) => one?.value === NOT_LOADED))
        this.refuse(fieldOf(blockId), 'choice.not_loaded', {});
    }
  }

  /** The fields whose names begin so, in no particular order. */
  names(prefix: string): string[] {
    return [...this.values.keys()].filter((name) => name.startsWith(prefix));
  }

  /** The block_id of a field as Slack knows it. */
  blockIdOf(field: string): string | undefined {
    return this.values.get(field)?.blockId;
  }

  text(field: string, options: { max: number }): string | null {
    const text = this.values.get(field)?.value.value?.trim() ?? '';
    const excess = [...text].length - options.max;
    if (excess > 0) this.refuse(field, 'text.too_long', { excess, max: options.max });
    return text === '' ? null : text;
  }

  requiredText(field: string, options: { max: number }): string {
    const text = this.text(field, options);
    if (text === null) this.refuse(field, 'text.required', {});
    return text ?? '';
  }

  /** 'HH:mm' of a time picker, null where none is chosen. */
  time(field: string): string | null {
    return this.values.get(field)?.value.selected_time ?? null;
  }

  /** Minor units of the currency; 0 when a problem was noted. */
  amount(field: string, currency: string, { orZero = false } = {}): bigint {
    const text = this.values.get(field)?.value.value ?? '';
    if (orZero && isZeroAmount(text, currency)) return 0n;
    const parsed = parseAmount(text, currency);
    if (parsed.ok) return parsed.minor;
    this.note(field, new DomainError(parsed.code, parsed.params, field));
    return 0n;
  }

  /** A day from a date picker or from text. */
  date(field: string, options: { today: LocalDate; prefer: 'future' | 'past' }): LocalDate | null {
    const value = this.values.get(field)?.value;
    const text = value?.selected_date ?? value?.value ?? null;
    if (text === null || text.trim() === '') return null;
    if (isLocalDate(text)) return text;
    const parsed = parseDate(text, options);
    if (parsed.ok) return parsed.date;
    this.note(field, new DomainError(parsed.code, parsed.params, field));
    return null;
  }

  requiredDate(field: string, options: { today: LocalDate; prefer: 'future' | 'past' }): LocalDate {
    const date = this.date(field, options);
    if (date === null && !this.problems.has(field)) this.refuse(field, 'text.required', {});
    return date ?? options.today;
  }

  wholeNumber(field: string, range: { min: number; max: number }): number {
    const text = (this.values.get(field)?.value.value ?? '').normalize('NFKC').trim();
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= range.min && number <= range.max) return number;
    this.refuse(field, 'number.out_of_range', range);
    return range.min;
  }

  choice(field: string): string | null {
    const value = this.values.get(field)?.value;
    return (
      value?.selected_option?.value ??
      value?.selected_user ??
      value?.selected_conversation ??
      value?.selected_channel ??
      null
    );
  }

  /** The chosen option with its text. */
  option(field: string): { id: string; text: string } | null {
    const chosen = this.values.get(field)?.value.selected_option;
    return chosen?.value === undefined ? null : { id: chosen.value, text: chosen.text.text };
  }

  requiredChoice(field: string): string {
    const value = this.choice(field);
    if (value === null) this.refuse(field, 'text.required', {});
    return value ?? '';
  }

  choices(field: string): string[] {
    return (this.values.get(field)?.value.selected_options ?? []).flatMap((chosen) => chosen.value ?? []);
  }

  /** Files of a file_input; a file over 10 MB or empty is refused. */
  files(field: string): UploadedFile[] {
    const files = this.values.get(field)?.value.files ?? [];
    return files.map((file) => {
      const size = Number(file.size ?? 0);
      const name = String(file.name ?? '');
      if (size > MAX_FILE_BYTES) this.refuse(field, 'file.rejected', { file: name, reason: 'too_big' });
      if (size === 0) this.refuse(field, 'file.rejected', { file: name, reason: 'empty' });
      return {
        slackFileId: String(file.id),
        name,
        mime: String(file.mimetype ?? 'application/octet-stream'),
        size,
      };
    });
  }

  /** Notes a problem on a field. */
  refuse<C extends ErrorCode>(field: string, code: C, params: ErrorParams[C]): void {
    this.note(field, new DomainError(code, params, field));
  }

  private note(field: string, error: DomainError): void {
    if (!this.problems.has(field)) this.problems.set(field, error);
  }

  /** For clicks, which have no field errors: the first of them. @throws DomainError */
  firstProblem(): void {
    const [problem] = this.problems.values();
    if (problem) throw problem;
  }

  /** @throws FormErrors with the problems of all fields */
  check(): void {
    if (this.problems.size > 0) throw new FormErrors([...this.problems.values()]);
  }
}

/** Several fields are wrong at once. */
export class FormErrors extends Error {
  override readonly name = 'FormErrors';
  constructor(readonly errors: readonly DomainError[]) {
    super(errors.map((error) => error.code).join(', '));
  }
}

/** The field's name in a block_id: what stands before `|`. */
export const fieldOf = (blockId: string): string => blockId.split('|', 1)[0] ?? blockId;
