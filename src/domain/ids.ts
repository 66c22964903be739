// Ids of rows: UUID version 7, made in the app from the use case's time, so that they sort by creation.
import { v7 } from 'uuid';

let made = 0;

/** A new row id; `now` is the use case's time. Ids of one moment sort in the order in which this process made them. */
export function newId(now: Date): string {
  made = (made + 1) >>> 0;
  return v7({ msecs: now.getTime(), seq: made });
}
