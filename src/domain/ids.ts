// Ids of rows: UUID version 7, made in the app from the use case's time, so that they sort by creation.

/** When an id was made; null for what is none of ours. */
export function timeOf(id: string): Date | null {
  const digits = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id);
  return digits && new Date(Number.parseInt(`${digits[1]}${digits[2]}`, 16));
}

/** Random bytes are taken for so many ids at once: an import makes several for each of its rows. */
const IDS_A_TIME = 256;
const RANDOM_DIGITS = 12;

let made = 0;
/** The head of ids of one moment: an import makes thousands. */
let head = { at: Number.NaN, text: '' };
let random = '';
let used = 0;

/** A new row id; `now` is the use case's time. Ids of one moment sort in the order in which this process made them. */
export function newId(now: Date): string {
  made = (made + 1) >>> 0;
  if (used === random.length) {
    const bytes = crypto.getRandomValues(new Uint8Array((IDS_A_TIME * RANDOM_DIGITS) / 2));
    random = Buffer.from(bytes).toString('hex');
    used = 0;
  }
  used += RANDOM_DIGITS;
  if (head.at !== now.getTime()) {
    const time = now.getTime().toString(16).padStart(12, '0');
    head = { at: now.getTime(), text: `${time.slice(0, 8)}-${time.slice(8)}-7` };
  }
  // 12 bits of the counter behind the version, 14 behind the variant, the last 6 at the head of what is random.
  const high = (made >>> 20).toString(16).padStart(3, '0');
  const middle = (0x8000 | ((made >>> 6) & 0x3fff)).toString(16);
  const low = (((made & 0x3f) << 2) | (Number.parseInt(random.charAt(used - 1), 16) & 3))
    .toString(16)
    .padStart(2, '0');
  return `${head.text}${high}-${middle}-${low}${random.slice(used - RANDOM_DIGITS, used - 2)}`;
}
