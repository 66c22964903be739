// What people without a role see, what admins are asked, and the welcome (ux §4.1). Pure.
import type { KnownBlock } from '@slack/types';
import type { Role } from '../../domain/access.js';
import type { FirstDays } from '../../domain/reminders/ladder.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { actions, button, escapeMrkdwn, header, present, section } from './blocks.js';
import type { Message } from './info-view.js';

/** All that a person without a role gets, at every door: why, and the way in. `isHelp`: help is where they are. */
export function askAccessMessage(t: Translate, isHelp = false): Message {
  const text = t('errors:role.missing');
  const ask = button(ACTION.askAccess, t('members:ask_admin'), { style: 'primary' });
  return {
    text,
    blocks: [
      section(escapeMrkdwn(text)),
      actions(isHelp ? [ask] : [ask, button(ACTION.help, t('common:help'))]),
    ],
  };
}

/** To the admins: somebody wants in. `granted`: roles that the person has meanwhile; `ignoredBy`: who left it at that. */
export function askedMessage(
  t: Translate,
  user: { id: string; name: string },
  { granted, ignoredBy }: { granted: readonly Role[]; ignoredBy: string | null },
): Message {
  const asks = t('members:asks', { user: user.name });
  if (granted.length > 0) {
    const roles = granted.map((role) => t(`common:role.${role}`)).join(t('common:comma'));
    const text = t('members:granted', { user: user.name, roles });
    return { text, blocks: [section(escapeMrkdwn(text))] };
  }
  if (ignoredBy !== null) {
    const text = t('members:ignored', { user: user.name, admin: ignoredBy });
    return { text, blocks: [section(escapeMrkdwn(text))] };
  }
  return {
    text: asks,
    blocks: [
      section(escapeMrkdwn(asks)),
      actions([
        button(ACTION.settingsMember, t('members:set_roles'), { style: 'primary', value: user.id }),
        button(ACTION.memberIgnore, t('members:ignore'), { value: user.id }),
      ]),
    ],
  };
}

export interface WelcomeFacts {
  readonly roles: readonly Role[];
  /** Who gave the role; null: the first workspace admin, made admin by the app. */
  readonly by: string | null;
  readonly remindAt: string;
  readonly financeChannelId: string | null;
  /** By the company's ladder. */
  readonly firstDays: FirstDays;
  readonly openSettings: number;
  /** Whether there is a contract that takes a plan; without one the first step is the contract. */
  readonly canPlan: boolean;
}

/** The first message to somebody who was given a role: who did it, what comes when, and where to start. */
export function welcomeMessage(t: Translate, facts: WelcomeFacts): Message {
  const names = facts.roles.map((role) => t(`common:role.${role}`)).join(t('common:comma'));
  const first =
    facts.by === null ? t('members:welcome_first') : t('members:welcome', { admin: facts.by, roles: names });
  const lines = present(...facts.roles.map((role) => welcomeLine(t, role, facts)));
  const unique = [...new Set(lines)];
  const blocks: KnownBlock[] = [
    header(t('members:welcome_title')),
    section([escapeMrkdwn(first), ...unique].join('\n')),
    actions([startButton(t, facts), button(ACTION.help, t('common:help'))]),
  ];
  return { text: [first, ...unique].join(' '), blocks };
}

function welcomeLine(t: Translate, role: Role, facts: WelcomeFacts): string | null {
  switch (role) {
    case 'rep':
      return [
        t('members:welcome.rep', { time: facts.remindAt }),
        ...(facts.canPlan ? [] : [t('members:welcome.rep_first')]),
      ].join('\n');
    case 'finance':
    case 'finance_manager':
      return facts.financeChannelId === null
        ? t('members:welcome.finance_dm')
        : t('members:welcome.finance', { channel: `<#${facts.financeChannelId}>` });
    case 'sales_manager':
    case 'sales_director': {
      const count = facts.firstDays[role];
      return count === null ? t('members:welcome.leader_any') : t('members:welcome.leader', { count });
    }
    case 'admin':
      return facts.openSettings === 0
        ? t('members:welcome.admin_done')
        : t('members:welcome.admin', { count: facts.openSettings });
    case 'auditor':
      return t('members:welcome.auditor');
  }
}

/** Where this person's work starts: something that can be done now. */
function startButton(t: Translate, { roles, canPlan }: WelcomeFacts) {
  const primary = { style: 'primary' } as const;
  if (roles.includes('rep')) {
    return canPlan
      ? button(ACTION.planNew, t('members:go.plan'), primary)
      : button(ACTION.contractNew, t('contracts:new'), primary);
  }
  if (roles.includes('finance') || roles.includes('finance_manager'))
    return button(ACTION.approvalBatch, t('members:go.review'), primary);
  if (roles.includes('sales_manager') || roles.includes('sales_director'))
    return button(ACTION.todo, t('members:go.team'), primary);
  if (roles.includes('admin')) return button(ACTION.settings, t('members:go.set_up'), primary);
  return button(ACTION.reports, t('reports:title'), primary);
}
