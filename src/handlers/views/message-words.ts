// What a message of the app is called, and to whom it goes, where it is told that one did not arrive. Pure.
import type { Translate } from '../i18n/index.js';

/** A daily list, a receipt message …, by the notice's kind. */
export function messageWords(t: Translate, kind: string): string {
  const subject = kind.split('.', 1)[0];
  switch (subject) {
    case 'digest':
    case 'case':
    case 'receipt':
    case 'contract':
    case 'instalment':
    case 'member':
    case 'finance':
    case 'customer':
    case 'book':
      return t(`notices:what.${subject}`);
    default:
      return t('notices:what.other');
  }
}

/** A channel of the company; null for what is none. */
export const channelWords = (t: Translate, recipient: string): string | null =>
  recipient === 'finance' || recipient === 'escalation' ? t(`notices:to.${recipient}`) : null;
