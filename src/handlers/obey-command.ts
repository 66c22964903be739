// What a command means where the company has changed how it numbers: what it gave before stays known as it was written.
import { isDomainError } from '../domain/errors.js';
import { type Intent, parseCommand } from './parse-command.js';
import type { Numbering } from './typed-number.js';

/**
 * Does what was typed. A number is read as the company writes them now, separators or not; one that nobody has may be from
 * before, and is looked for as it stands.
 */
export async function obeyCommand(
  typed: { readonly command: string; readonly text: string; readonly numbering: Numbering },
  route: (intent: Intent) => Promise<void>,
): Promise<void> {
  const { command, text, numbering } = typed;
  const intent = parseCommand(command, text, numbering);
  try {
    await route(intent);
  } catch (error) {
    const before = parseCommand(command, text);
    const isOther = before.kind !== 'find' && JSON.stringify(before) !== JSON.stringify(intent);
    if (!isDomainError(error, 'not_found') || !isOther) throw error;
    await route(before);
  }
}
