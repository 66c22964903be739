// How a modal submission is answered: acknowledged in time, or later by replacing the view. Pure.
import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView, View } from '@slack/types';
import type { Words } from './errors.js';
import type { Form } from './forms.js';
import type { Translate } from './i18n/index.js';
import { refill, withAlert } from './views/form-views.js';
import { infoModal } from './views/info-view.js';

/**
 * What a submission leads to: close all, a sentence as result (under the form's title, or one of its own), another view, or
 * one on top. A view that can be sent asks for something: nothing is saved yet, unless it is `told` what was.
 */
export type Outcome =
  | { done: string; blocks?: KnownBlock[]; title?: string }
  | { close: 'this' | 'all' }
  | { update: ModalView; told?: string }
  | { push: ModalView };

/** What a submission came to: an outcome, or what is wrong with which fields. */
export type Answer = { outcome: Outcome } | Refusal;
interface Refusal {
  onFields: Record<string, string>;
  others: string[];
  /** Somebody else was faster: the row's present version, with which the form may be sent again. */
  version?: number | undefined;
}

/** What is wrong, sorted to the fields it belongs to; errors stand on inputs only, everything else on top. */
export function refusedAnswer(words: readonly Words[], form: Form, view: ViewOutput): Answer {
  const repeated = words.find((item) => item.code === 'request.repeated');
  if (repeated) return { outcome: { done: repeated.text } };
  const inputs = new Set(
    view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id),
  );
  const onFields: Record<string, string> = {};
  const others: string[] = [];
  for (const item of words) {
    const blockId = item.field === undefined ? undefined : form.blockIdOf(item.field);
    if (blockId !== undefined && inputs.has(blockId)) onFields[blockId] = item.text;
    else others.push(item.text);
  }
  const version = words.find((item) => item.code === 'version.conflict')?.params.version;
  return { onFields, others, version: typeof version === 'number' ? version : undefined };
}

/** The acknowledgement for an answer that is there in time. */
export function acknowledgement(answer: Answer, view: ViewOutput, t: Translate) {
  if ('outcome' in answer) {
    const { outcome } = answer;
    if ('close' in outcome)
      return outcome.close === 'all' ? ({ response_action: 'clear' } as const) : undefined;
    if ('push' in outcome) return { response_action: 'push', view: outcome.push } as const;
    return {
      response_action: 'update',
      view:
        'update' in outcome
          ? outcome.update
          : infoModal(t, outcome.done, outcome.blocks, outcome.title ?? view.title.text),
    } as const;
  }
  // Slack shows errors on inputs only; anything else stands on top of the form, whose typed values Slack keeps.
  if (answer.others.length > 0)
    return {
      response_action: 'update',
      view: refreshed(withAlert(view, answer.others.join(' ')), answer),
    } as const;
  return { response_action: 'errors', errors: answer.onFields } as const;
}

/** The view that replaces the "saving" one when the answer came late. */
export function finalView(answer: Answer, view: ViewOutput, t: Translate): View {
  if ('outcome' in answer) {
    const { outcome } = answer;
    if ('update' in outcome) return withoutFiles(outcome.update, view, t);
    if ('push' in outcome) return outcome.push;
    return infoModal(
      t,
      'done' in outcome ? outcome.done : t('common:saved'),
      'blocks' in outcome ? outcome.blocks : undefined,
      ('title' in outcome ? outcome.title : undefined) ?? view.title.text,
    );
  }
  // No input can carry its error any more: each says whose it is.
  const onFields = Object.entries(answer.onFields).map(([blockId, text]) => {
    const label = labelOf(view, blockId);
    return label === null ? text : t('common:of_field', { label, text });
  });
  return refreshed(
    withAlert(refill(view), [...onFields, ...answer.others, ...lostFiles(view, view, t)]),
    answer,
  );
}

function labelOf({ blocks }: ViewOutput, blockId: string): string | null {
  const block = (blocks as KnownBlock[]).find((one) => one.block_id === blockId);
  return block?.type === 'input' ? block.label.text : null;
}

/** A late answer in words, for a person whose window does not show it. */
export function lateText(answer: Answer, view: ViewOutput, t: Translate): string {
  const title = view.title.text;
  if (!('outcome' in answer))
    return t('common:late_refused', {
      title,
      reason: [...Object.values(answer.onFields), ...answer.others].join(' '),
    });
  const { outcome } = answer;
  if ('done' in outcome) return outcome.done;
  if ('update' in outcome && outcome.told !== undefined) return outcome.told;
  const next = 'update' in outcome ? outcome.update : 'push' in outcome ? outcome.push : null;
  return t(next?.submit ? 'common:late_asks' : 'common:late_done', { title });
}

/** The same form again, and what it can no longer hold: Slack takes no files to begin an input with. */
function withoutFiles(next: ModalView, view: ViewOutput, t: Translate): ModalView {
  const [words] = lostFiles(next, view, t);
  return words === undefined ? next : withAlert(next, words);
}

/** That files were chosen in a form which is shown anew, and have to be chosen again. */
function lostFiles(next: { blocks: readonly unknown[] }, { state }: ViewOutput, t: Translate): string[] {
  const asked = next.blocks as readonly KnownBlock[];
  const lost = asked.some((block) => {
    if (block.type !== 'input' || block.element.type !== 'file_input') return false;
    return Object.values(state.values[block.block_id ?? ''] ?? {}).some(
      (value) => (value.files ?? []).length > 0,
    );
  });
  return lost ? [t('common:files_again')] : [];
}

/** After a conflict the person has been told: the same form, sent again, is meant for the row as it is now. */
function refreshed(view: ModalView, { version }: Refusal): ModalView {
  if (version === undefined) return view;
  const metadata: unknown = JSON.parse(view.private_metadata || '{}');
  return { ...view, private_metadata: JSON.stringify({ ...Object(metadata), v: version }) };
}
