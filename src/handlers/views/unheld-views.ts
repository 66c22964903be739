// To the admins: roles that nobody holds, so that what they are told reached the admins, and the way to set them. Pure.
import type { UnheldRole } from '../../domain/reminders/unheld-roles.service.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { actions, button, escapeMrkdwn, section } from './blocks.js';
import type { Message } from './info-view.js';

const SHOWN = 10;

export function unheldMessage(roles: readonly UnheldRole[], t: Translate): Required<Message> {
  const text = t('reminders:unheld.title', { count: roles.reduce((sum, one) => sum + one.count, 0) });
  const lines = roles.slice(0, SHOWN).map(({ role, ownerName, count }) => {
    const words = { role: t(`ladders:role.${role}`), count };
    return ownerName === null
      ? t('reminders:unheld.line', words)
      : t('reminders:unheld.line_of', { ...words, owner: escapeMrkdwn(truncate(ownerName, 40)) });
  });
  const more = roles.length - lines.length;
  const rest = more > 0 ? [t('reminders:unheld.more', { count: more })] : [];
  return {
    text,
    blocks: [
      section(`⚠️ ${text}\n${[...lines, ...rest].join('\n')}`),
      actions([button(ACTION.settingsMember, t('members:set_roles'), { style: 'primary' })]),
    ],
  };
}
