// What people are told about approvals besides the cards themselves. Pure.
import type { KnownBlock } from '@slack/types';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { approvalOpenButton } from './approval-views.js';
import { actions, button, escapeMrkdwn, section } from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

type Told = Message & { blocks: KnownBlock[] };

/** To the admins, loudly: nobody can decide (rules §6). `card`: the sentence of its card, escaped. */
export function orphanMessage(approval: ApprovalDetails, card: string, { t }: Pick<RowReader, 't'>): Told {
  const who = escapeMrkdwn(truncate(approval.requestedBy.name, 40));
  const text = t('approvals:orphan', { card, who });
  const roles = button(ACTION.settings, t('approvals:orphan.button'), { style: 'primary' });
  return { text, blocks: [section(text), actions([roles, approvalOpenButton(approval, t)])] };
}
