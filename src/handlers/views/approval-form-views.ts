// The forms of a rejection and of sending back, the same for every card in approval (ux §4.4, §4.6). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { SubjectType } from '../../domain/approvals/subjects.js';
import { VIEW } from '../ids.js';
import { NOTE } from './approval-views.js';
import { input, modal, option, present, selectInput, textInput } from './blocks.js';
import type { RowReader } from './row-views.js';

/** A reason to choose, or none: then it is written. */
export interface Reason {
  readonly key: string;
  readonly text: string;
}

/** 驳回: a reason, and a note; where there is nothing to choose, the note is the reason. */
export function rejectModal(
  t: RowReader['t'],
  type: SubjectType,
  heading: readonly KnownBlock[],
  reasons: readonly Reason[] | null,
  metadata: string,
): ModalView {
  const note = textInput({ multiline: true, maxLength: 3000 });
  return modal({
    callbackId: VIEW.approvalReject,
    title: t(`approvals:reject.title.${type}`),
    submit: t('approvals:reject'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      ...heading,
      reasons &&
        input(
          'reason',
          t('approvals:reject.reason'),
          selectInput(reasons.map(({ key, text }) => option(text, key))),
        ),
      reasons
        ? input('note', t('approvals:reject.note'), note, {
            optional: true,
            hint: t('approvals:reject.note_hint'),
          })
        : input('note', t('approvals:reject.reason'), note),
    ),
  });
}

/** 退回上一步: why, for the people of the step before. */
export function backModal(t: RowReader['t'], heading: readonly KnownBlock[], metadata: string): ModalView {
  return modal({
    callbackId: VIEW.approvalBack,
    title: t('approvals:back.title'),
    submit: t('approvals:back.submit'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...heading,
      input('note', t('approvals:reject.reason'), textInput({ multiline: true, maxLength: NOTE })),
    ],
  });
}
