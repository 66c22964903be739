// A modal that only tells something. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Translate } from '../i18n/index.js';
import { VIEW } from '../ids.js';
import { escapeMrkdwn, modal, section } from './blocks.js';

/** One sentence, and what may be done next. */
export function infoModal(t: Translate, text: string, more: KnownBlock[] = []): ModalView {
  return modal({
    callbackId: VIEW.info,
    title: t('common:app_name'),
    close: t('common:close'),
    blocks: [section(escapeMrkdwn(text)), ...more],
  });
}
