// Typed text: plain, multiline, number, e-mail, address and rich text; sends by dispatch_action_config.
import type { EmailInput, NumberInput, PlainTextInput, RichTextInput, URLInput } from '@slack/types';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { StateValue } from '../../../server/protocol.js';
import { countCharacters } from '../text/numbered.js';
import { textOf } from '../text/text-object.js';
import { useWords } from '../words/words.js';
import { controlAttributes, type Frame, useField } from './use-field.js';

type TextLike = PlainTextInput | NumberInput | EmailInput | URLInput | RichTextInput;

const TYPING_PAUSE_MS = 350;
const INPUT_MODES = {
  plain_text_input: 'text',
  rich_text_input: 'text',
  number_input: 'decimal',
  email_text_input: 'email',
  url_text_input: 'url',
} as const;

function readText(value: StateValue | undefined): string {
  const rich = value?.rich_text_value as
    | { elements?: { elements?: { text?: string }[] }[] }
    | null
    | undefined;
  if (rich)
    return (rich.elements ?? [])
      .map((part) => (part.elements ?? []).map((one) => one.text ?? '').join(''))
      .join('\n');
  return value?.value ?? '';
}

function makeValue(element: TextLike, blockId: string, text: string): StateValue {
  if (element.type !== 'rich_text_input') return { type: element.type, value: text === '' ? null : text };
  const section = { type: 'rich_text_section', elements: [{ type: 'text', text }] };
  const block = text === '' ? null : { type: 'rich_text', block_id: blockId, elements: [section] };
  return { type: element.type, rich_text_value: block };
}

/** A text field of any kind. */
export function TextElement({ element, frame }: { element: TextLike; frame: Frame }) {
  const words = useWords();
  const field = useField(element, frame);
  const text = readText(field.value);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const onTyping = frame.dispatches && triggers.includes('on_character_entered');
  const onEnter = frame.dispatches && triggers.includes('on_enter_pressed');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const send = useRef(field.send);
  send.current = field.send;
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const stop = () => clearTimeout(timer.current);
    // What is submitted is sent with the form: a redraw for it afterwards would take away what the app says to it.
    const form = box.current?.closest('form');
    form?.addEventListener('submit', stop);
    return () => {
      stop();
      form?.removeEventListener('submit', stop);
    };
  }, []);

  const onChange = (next: string) => {
    field.change(makeValue(element, frame.blockId, next), false);
    if (!onTyping) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send.current(), TYPING_PAUSE_MS);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !frame.dispatches) return;
    // With Ctrl or Command it sends the form, from this field too.
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    clearTimeout(timer.current);
    field.send();
  };

  const multiline =
    element.type === 'rich_text_input' || (element.type === 'plain_text_input' && element.multiline);
  const limit = element.type === 'plain_text_input' ? element.max_length : undefined;
  const left = limit === undefined ? undefined : limit - countCharacters(text);
  const shared = {
    ...controlAttributes(element, frame),
    className: 'field',
    value: text,
    placeholder: textOf(element.placeholder),
    'aria-required': frame.required,
    onKeyDown: onEnter ? onKeyDown : undefined,
  };
  return (
    <span ref={box} className="text-element">
      {multiline ? (
        <textarea {...shared} rows={4} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={INPUT_MODES[element.type]}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {left !== undefined && limit !== undefined && left <= limit / 5 && (
        <span className={left < 0 ? 'field-count field-count-over' : 'field-count'}>
          {words.charactersLeft(left)}
        </span>
      )}
      {onEnter && <span className="field-count">{words.pressEnter}</span>}
      {field.confirmation}
    </span>
  );
}
