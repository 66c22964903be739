// Views of a form that waits or was refused: saving, refused with a notice on top, rebuilt with what was typed. Pure.
import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Translate } from '../i18n/index.js';
import { alert, context, modal } from './blocks.js';

const ALERT_ID = 'alert';
type StateValue = ViewOutput['state']['values'][string][string];

/** The same modal as it is shown, as something that can be sent. */
function asModal(view: ViewOutput, blocks: KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: view.callback_id,
    title: view.title,
    private_metadata: view.private_metadata,
    blocks,
    ...(view.close && { close: view.close }),
    ...(view.submit && { submit: view.submit }),
  };
}

const blocksOf = (view: { blocks: unknown[] }) => view.blocks as KnownBlock[];

/** The form with notices on top, one each; Slack keeps what was typed because the inputs keep their ids. */
export function withAlert(view: ViewOutput | ModalView, texts: string | readonly string[]): ModalView {
  const rest = blocksOf(view).filter((block) => block.block_id?.startsWith(ALERT_ID) !== true);
  const alerts = [texts].flat().map((text, index) => ({
    ...alert(text),
    block_id: index === 0 ? ALERT_ID : `${ALERT_ID}.${index}`,
  }));
  const blocks = [...alerts, ...rest];
  return 'state' in view ? asModal(view, blocks) : { ...view, blocks };
}

/** Shown while a slow save goes on; cannot be submitted twice. */
export function savingView(t: Translate, view: ViewOutput): ModalView {
  return modal({
    callbackId: 'info',
    title: view.title.text,
    close: t('common:close'),
    blocks: [context(t('common:saving'))],
    metadata: view.private_metadata,
  });
}

/** The form as it was submitted, every input starting with what was typed. */
export function refill(view: ViewOutput): ModalView {
  return asModal(view, refillBlocks(blocksOf(view), view.state.values));
}

/** A form drawn anew, its inputs starting with what was typed: Slack keeps it only while the same view is shown. */
export function withTyped(form: ModalView, values: ViewOutput['state']['values']): ModalView {
  return { ...form, blocks: refillBlocks(blocksOf(form), values) };
}

function refillBlocks(blocks: KnownBlock[], values: ViewOutput['state']['values']): KnownBlock[] {
  return blocks.map((block): KnownBlock => {
    if (block.type !== 'input') return block;
    const { element } = block;
    const actionId = 'action_id' in element ? element.action_id : undefined;
    const value = values[block.block_id ?? '']?.[actionId ?? ''];
    if (!value) return block;
    // Slack draws no field with more than it takes; what was typed stands in the person's window all the same.
    if (
      'max_length' in element &&
      (value.value?.length ?? 0) > (element.max_length ?? Number.POSITIVE_INFINITY)
    )
      return { ...block, element: withoutInitial(element) };
    return { ...block, element: { ...withoutInitial(element), ...initialOf(value) } };
  });
}

/** What was taken out must not come back. */
function withoutInitial<E extends object>(element: E): E {
  return Object.fromEntries(Object.entries(element).filter(([key]) => !key.startsWith('initial_'))) as E;
}

function initialOf(value: StateValue): Record<string, unknown> {
  if (value.value) return { initial_value: value.value };
  if (value.selected_date) return { initial_date: value.selected_date };
  if (value.selected_time) return { initial_time: value.selected_time };
  if (value.selected_option) return { initial_option: value.selected_option };
  if (value.selected_options && value.selected_options.length > 0)
    return { initial_options: value.selected_options };
  if (value.selected_user) return { initial_user: value.selected_user };
  if (value.selected_channel) return { initial_channel: value.selected_channel };
  if (value.selected_conversation) return { initial_conversation: value.selected_conversation };
  return {};
}
