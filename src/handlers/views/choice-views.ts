// Contracts as choices in a select: only names are cut, never numbers or amounts (ux §6). Pure.
import type { PlainTextOption } from '@slack/types';
import type { Locale } from '../../domain/access.js';
import { truncate } from '../i18n/format.js';
import { translator } from '../i18n/index.js';
import { LIMIT, option } from './blocks.js';

/** `{no.} · {name} · 余额 {x}` within 75 code points: only the name is cut. */
export function contractOption(
  contract: { id: string; number: string; name: string; balance: string },
  locale: Locale,
): PlainTextOption {
  const words = (name: string) => translator(locale)('contracts:option', { ...contract, name });
  const room = LIMIT.option - [...words('')].length;
  return option(words(truncate(contract.name, Math.max(1, room))), contract.id);
}
