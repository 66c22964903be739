// 提问: the forms that ask and answer, the line in the card's thread, the messages to both sides (ux §4.6). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { QuestionFacts } from '../../domain/approvals/question.queries.js';
import { truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { approvalValue } from './approval-views.js';
import { actions, button, escapeMrkdwn, input, modal, present, section, textInput } from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

type Told = Message & { blocks: KnownBlock[] };
type Words = Pick<RowReader, 't'>;

const escaped = (text: string, length: number) => escapeMrkdwn(truncate(text, length));
const TEXT = 500;

/** What is asked. */
export function askModal(
  t: RowReader['t'],
  heading: readonly KnownBlock[],
  metadata: string,
  maxLength: number,
): ModalView {
  return modal({
    callbackId: VIEW.approvalAsk,
    title: t('questions:ask'),
    submit: t('questions:ask'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...heading,
      input('question', t('questions:question'), textInput({ multiline: true, maxLength })),
    ],
  });
}

/** The question, and the answer to it. */
export function replyModal(
  facts: QuestionFacts,
  heading: readonly KnownBlock[],
  metadata: string,
  maxLength: number,
  { t }: Words,
): ModalView {
  return modal({
    callbackId: VIEW.approvalReply,
    title: t('questions:reply'),
    submit: t('questions:reply'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...heading,
      section(questionText(facts, { t })),
      input('answer', t('questions:answer'), textInput({ multiline: true, maxLength })),
    ],
  });
}

/** 张三 问：…; escaped. */
const questionText = (facts: QuestionFacts, { t }: Words): string =>
  t('questions:asked', { who: escaped(facts.askedBy, 40), question: escaped(facts.question, TEXT) });

/** 李四 答：…; escaped. */
const answerText = ({ answer }: QuestionFacts, { t }: Words): string | null =>
  answer && t('questions:answered', { who: escaped(answer.by, 40), answer: escaped(answer.text, TEXT) });

/** Under the card in finance's channel. */
export function questionLine(facts: QuestionFacts, reader: Words): Told {
  const text = questionText(facts, reader);
  return { text, blocks: [section(text)] };
}

/** To whoever asked for the approval; once it is answered or decided without [回复]. `card`: its sentence, escaped. */
export function questionMessage(facts: QuestionFacts, card: string, reader: Words): Told {
  const { t } = reader;
  const text = questionText(facts, reader);
  const open = button(ACTION.approvalOpen, t('common:open'), { value: approvalValue(facts.approval) });
  const reply =
    facts.answer === null &&
    facts.approval.isOpen &&
    button(ACTION.approvalReply, t('questions:reply'), {
      style: 'primary',
      value: JSON.stringify({ q: facts.id }),
    });
  return {
    text: `${text} ${card}`,
    blocks: [
      section(present<string>(card, text, answerText(facts, reader)).join('\n')),
      actions(present(reply, open)),
    ],
  };
}

/** In the thread, and to whoever had asked. `card`: the sentence of what was asked about, escaped, where no card stands above. */
export function answerMessage(facts: QuestionFacts, card: string | null, reader: Words): Told | null {
  const answer = answerText(facts, reader);
  if (answer === null) return null;
  const open = button(ACTION.approvalOpen, reader.t('common:open'), { value: approvalValue(facts.approval) });
  const lines = present<string>(card, questionText(facts, reader), answer);
  return { text: answer, blocks: [section(lines.join('\n')), actions([open])] };
}
