// Files of a record as they are shown and handed out. Pure.

/** A file as a Slack payload names it; size in bytes. */
export interface UploadedFile {
  readonly slackFileId: string;
  readonly name: string;
  readonly mime: string;
  readonly size: number;
}

export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Records whose files are sent to whoever may see them. */
export interface FileOwner {
  readonly type: 'contract' | 'customer';
  readonly id: string;
}

/** So many go into one message. */
export const FILES_A_MESSAGE = 10;

export interface KeptFile {
  readonly id: string;
  readonly name: string;
  /** Slack did not give it before it could be kept. */
  readonly gone: boolean;
}

export interface RecordFiles {
  readonly id: string;
  /** HT-2026-0012, KH-0001. */
  readonly number: string;
  readonly files: readonly KeptFile[];
}

/** The parts in which so many files are sent, from 0. */
export const partsOf = (count: number): number[] =>
  Array.from({ length: Math.ceil(count / FILES_A_MESSAGE) }, (_none, part) => part);
