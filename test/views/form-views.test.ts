// A form that is drawn again starts with what was typed, and with nothing where something was taken out.
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { dateInput, input, option, selectInput, textInput } from '../../src/handlers/views/blocks.js';
import { withTyped } from '../../src/handlers/views/form-views.js';

const form: ModalView = {
  type: 'modal',
  title: { type: 'plain_text', text: 'form' },
  blocks: [
    input('remark', 'remark', textInput({ initial: 'old' })),
    input('day', 'day', dateInput('2026-12-01')),
    input('way', 'way', selectInput([option('a', 'a'), option('b', 'b')], 'a')),
  ],
};
const typed = (values: Record<string, object>) =>
  withTyped(
    form,
    Object.fromEntries(
      Object.entries(values).map(([field, value]) => [field, { value }]),
    ) as ViewOutput['state']['values'],
  ).blocks.map((block) => ('element' in block ? block.element : null));

describe('withTyped', () => {
  it('starts with what was typed', () => {
    const [remark, day, way] = typed({
      remark: { type: 'plain_text_input', value: 'new' },
      day: { type: 'datepicker', selected_date: '2026-12-24' },
      way: { type: 'static_select', selected_option: option('b', 'b') },
    });
    expect(remark).toMatchObject({ initial_value: 'new' });
    expect(day).toMatchObject({ initial_date: '2026-12-24' });
    expect(way).toMatchObject({ initial_option: option('b', 'b') });
  });

  it('does not bring back what was taken out', () => {
    const [remark, day, way] = typed({
      remark: { type: 'plain_text_input', value: null },
      day: { type: 'datepicker', selected_date: null },
      way: { type: 'static_select', selected_option: null },
    });
    expect(remark).not.toHaveProperty('initial_value');
    expect(day).not.toHaveProperty('initial_date');
    expect(way).not.toHaveProperty('initial_option');
  });

  it('leaves a field that was not there as it is drawn', () => {
    expect(typed({})[0]).toMatchObject({ initial_value: 'old' });
  });
});
