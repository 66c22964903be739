// A modal that only tells something. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Translate } from '../i18n/index.js';
import { VIEW } from '../ids.js';
import { context, escapeMrkdwn, modal, notificationText, section } from './blocks.js';

/** An answer: a full sentence for notifications and screen readers, and what is shown instead of it. */
export interface Message {
  readonly text: string;
  readonly blocks?: KnownBlock[];
}

/** A message as Slack gets it: nothing in its text pings, links or breaks. */
export const sendable = <M extends Message>(message: M): M => ({
  ...message,
  text: notificationText(message.text),
});

/** An answer as a modal, where there is no conversation to answer in. */
export function answerModal(t: Translate, message: Message): ModalView {
  return modal({
    callbackId: VIEW.info,
    title: t('common:app_name'),
    close: t('common:close'),
    blocks: message.blocks ?? [section(escapeMrkdwn(message.text))],
  });
}

/** What stands where a window is to come that is still being loaded. */
export function loadingModal(t: Translate): ModalView {
  return modal({
    callbackId: VIEW.loading,
    title: t('common:app_name'),
    close: t('common:close'),
    blocks: [context(t('common:loading'))],
  });
}

/** One sentence, and what may be done next; `title`: of what was done. */
export function infoModal(
  t: Translate,
  text: string,
  more: KnownBlock[] = [],
  title = t('common:app_name'),
): ModalView {
  return modal({
    callbackId: VIEW.info,
    title,
    close: t('common:close'),
    blocks: [section(escapeMrkdwn(text)), ...more],
  });
}
