// A modal that only tells something. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { Translate, WordKey } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, modal, notificationText, section } from './blocks.js';

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

/** The lists that are open to everybody with a role, by what only some may add to them. */
const LISTS: Readonly<Record<string, readonly [actionId: string, words: WordKey]>> = {
  'customer.create': [ACTION.customerList, 'lists:title.customer'],
  'contract.create': [ACTION.contractList, 'lists:title.contract'],
  'plan.create': [ACTION.planList, 'lists:title.plan'],
  'receipt.record': [ACTION.receiptList, 'lists:title.receipt'],
};

/** Why it was refused; to who may not add a record the way to those there are. */
export function refusedMessage(
  { code, text, params }: { code: string; text: string; params: Record<string, unknown> },
  t: Translate,
): Message {
  const list = code === 'access.denied' ? LISTS[String(params.action)] : undefined;
  if (!list) return { text };
  const [actionId, words] = list;
  return { text, blocks: [section(escapeMrkdwn(text)), actions([button(actionId, t(words))])] };
}

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
