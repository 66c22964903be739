// Date, time and date-time pickers on the browser's own controls, which every keyboard and reader knows.
import type { Datepicker, DateTimepicker, Timepicker } from '@slack/types';
import { useEffect, useRef, useState } from 'react';
import type { StateValue } from '../../../server/protocol.js';
import { textOf } from '../text/text-object.js';
import { epochToLocal, localToEpoch } from '../text/zoned-time.js';
import { useLanguage } from '../words/words.js';
import { controlAttributes, type Frame, useField } from './use-field.js';

type DateLike = Datepicker | Timepicker | DateTimepicker;

const KINDS = { datepicker: 'date', timepicker: 'time', datetimepicker: 'datetime-local' } as const;
/** A year typed digit by digit passes through 0002, 0020, 0202: those are not sent. */
const FIRST_YEAR = '1900';
const SETTLE_MS = 500;

function readInput(value: StateValue | undefined, zone: string): string {
  if (typeof value?.selected_date_time === 'number') return epochToLocal(value.selected_date_time, zone);
  return value?.selected_date ?? value?.selected_time ?? '';
}

function makeValue(element: DateLike, text: string, zone: string): StateValue {
  const held = text === '' ? null : text;
  if (element.type === 'datepicker') return { type: element.type, selected_date: held };
  if (element.type === 'timepicker') return { type: element.type, selected_time: held };
  return { type: element.type, selected_date_time: held === null ? null : localToEpoch(held, zone) };
}

/** A picker; where it dispatches, the app is told once the person has settled on a value. */
export function DateElement({ element, frame }: { element: DateLike; frame: Frame }) {
  const { timeZone } = useLanguage();
  const field = useField(element, frame);
  const held = readInput(field.value, timeZone);
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(held);
  const shown = draft ?? held;

  const settle = (text: string) => {
    clearTimeout(timer.current);
    setDraft(undefined);
    if (!frame.dispatches || text === sent.current) return;
    sent.current = text;
    field.change(makeValue(element, text, timeZone), true);
  };
  const latest = useRef(settle);
  latest.current = settle;
  useEffect(() => () => clearTimeout(timer.current), []);

  const onChange = (text: string) => {
    clearTimeout(timer.current);
    if (element.type !== 'timepicker' && text !== '' && text < FIRST_YEAR) {
      setDraft(text);
      return;
    }
    if (!frame.dispatches) {
      setDraft(undefined);
      field.change(makeValue(element, text, timeZone), false);
      return;
    }
    setDraft(text);
    timer.current = setTimeout(() => latest.current(text), SETTLE_MS);
  };

  const placeholder = 'placeholder' in element ? textOf(element.placeholder) : '';
  const attributes = controlAttributes(element, frame);
  const named = attributes['aria-labelledby'] ?? attributes['aria-label'];
  return (
    <span className="date-element">
      <input
        {...attributes}
        {...(named === undefined ? { 'aria-label': placeholder || KINDS[element.type] } : {})}
        className="field field-date"
        type={KINDS[element.type]}
        value={shown}
        title={placeholder}
        aria-required={frame.required}
        onChange={(event) => onChange(event.target.value)}
        onBlur={() => {
          if (draft !== undefined) settle(draft);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && draft !== undefined) settle(draft);
        }}
      />
      {field.confirmation}
    </span>
  );
}
