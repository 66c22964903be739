// The question before somebody approves a step who is the only one for a later one (rules §6). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { ErrorParams } from '../../domain/errors.js';
import { formatNames, truncate } from '../i18n/format.js';
import { VIEW } from '../ids.js';
import { escapeMrkdwn, modal, section } from './blocks.js';
import type { RowReader } from './row-views.js';

const NAMES = 8;

/** What comes of it, and who could decide this step in their stead. */
export function knowingModal(
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
  { step, next, names }: ErrorParams['approval.leaves_nobody'],
  heading: readonly KnownBlock[],
  metadata: string,
): ModalView {
  const others = names.slice(0, NAMES).map((name) => escapeMrkdwn(truncate(name, 20)));
  return modal({
    callbackId: VIEW.approvalKnowing,
    title: t('approvals:knowing.title', { next }),
    submit: t('approvals:knowing.submit', { step }),
    close: t('approvals:not_yet'),
    metadata,
    blocks: [
      ...heading,
      section(t('approvals:knowing.text', { step, next })),
      section(
        others.length > 0
          ? t('approvals:knowing.others', { step, names: formatNames(locale, others) })
          : t('approvals:knowing.nobody', { step }),
      ),
    ],
  });
}
