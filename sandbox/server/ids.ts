// Slack-like identifiers: object ids, message timestamps, view hashes.
import { randomBytes, randomInt } from 'node:crypto';
import type { World } from './world.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A new id such as V8KQ2X7ABCD. */
export function newId(prefix: string): string {
  let id = prefix;
  for (let index = 0; index < 10; index += 1) id += LETTERS[randomInt(LETTERS.length)];
  return id;
}

/** A short random id for blocks and actions that were given none. */
export function newShortId(): string {
  return randomBytes(4).toString('base64url');
}

/** The next message timestamp (seconds.microseconds of real time), never the same twice. */
export function nextTs(world: World): string {
  world.lastTs = Math.max(Date.now() * 1000, world.lastTs + 1);
  return formatTs(world.lastTs);
}

/** Microseconds as Slack writes a timestamp. */
export function formatTs(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** A new version of a view. */
export function newHash(): string {
  return `${Math.floor(Date.now() / 1000)}.${randomBytes(4).toString('hex')}`;
}
