// How large a spreadsheet may be. Above it a file is refused with words, never read until memory is gone.

export const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** Rows below the header. */
export const MAX_ROWS = 200_000;
export const MAX_COLUMNS = 200;
/** Code points of one cell; more is cut, since no field takes it. */
export const MAX_CELL_LENGTH = 5_000;
/** All parts of a workbook, unpacked. */
export const MAX_UNPACKED_BYTES = 300 * 1024 * 1024;
/** Texts that a workbook shares between its cells: they are held in memory at once. */
export const MAX_SHARED_TEXT_BYTES = 60 * 1024 * 1024;
/** Tags of one part that is held so, four for a text: each takes many times its length. */
export const MAX_HELD_TAGS = 4_000_000;
