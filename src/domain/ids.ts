// Ids of rows: UUID version 7, made in the app from the use case's time, so that they sort by creation.
import { v7 } from 'uuid';

/** A new row id; `now` is the use case's time. */
export function newId(now: Date): string {
  return v7({ msecs: now.getTime() });
}
