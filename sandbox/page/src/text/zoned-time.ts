// Wall-clock time in a zone ⇄ seconds since the epoch, for the date-time picker.

/** "YYYY-MM-DDTHH:mm" in `zone` of an instant in seconds. */
export function epochToLocal(seconds: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(seconds * 1000).replace(' ', 'T');
}

/** Seconds since the epoch of a wall-clock time in `zone`; in a repeated hour the earlier one. */
export function localToEpoch(local: string, zone: string): number {
  const asUtc = Date.parse(`${local}:00Z`) / 1000;
  const offsetAt = (seconds: number) => Date.parse(`${epochToLocal(seconds, zone)}:00Z`) / 1000 - seconds;
  const first = asUtc - offsetAt(asUtc);
  return asUtc - offsetAt(first);
}
