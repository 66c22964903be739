// A form that is drawn again starts with what was typed, and with nothing where something was taken out.
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { translator } from '../../src/handlers/i18n/index.js';
import { finalView, lateText } from '../../src/handlers/submission.js';
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

  it('leaves out more than the field takes, which Slack would draw no window for', () => {
    const short = {
      ...form,
      blocks: [input('remark', 'remark', textInput({ initial: 'old', maxLength: 5 }))],
    };
    const drawn = (value: string) =>
      withTyped(short, {
        remark: { value: { type: 'plain_text_input', value } },
      } as ViewOutput['state']['values']).blocks[0];
    expect(drawn('12345')).toHaveProperty('element.initial_value', '12345');
    expect(drawn('123456')).not.toHaveProperty('element.initial_value');
  });

  it('leaves a field that was not there as it is drawn', () => {
    expect(typed({})[0]).toMatchObject({ initial_value: 'old' });
  });
});

describe('a form that was answered late', () => {
  const t = translator('zh-CN');
  const files = input('files', 'files', { type: 'file_input', action_id: 'value' });
  const shown = (chosen: object[]) =>
    ({
      ...form,
      blocks: [...form.blocks, files],
      state: { values: { files: { value: { type: 'file_input', files: chosen } } } },
    }) as unknown as ViewOutput;
  const words = (view: object) => JSON.stringify(view);
  const refused = { onFields: {}, others: ['没有保存。'] };

  it('says that its files are to be chosen again, where it had any', () => {
    const told = words(finalView(refused, shown([{ id: 'F1' }]), t));
    for (const said of ['没有保存。', '附件没有留住，要重新选。']) expect(told).toContain(said);
    expect(words(finalView(refused, shown([]), t))).not.toContain('附件');
    const again = { outcome: { update: { ...form, blocks: [files] } } };
    expect(words(finalView(again, shown([{ id: 'F1' }]), t))).toContain('附件没有留住');
    expect(words(finalView({ outcome: { update: form } }, shown([{ id: 'F1' }]), t))).not.toContain('附件');
  });

  it('is titled by what was done', () => {
    expect(finalView({ outcome: { done: '已保存' } }, shown([]), t)).toMatchObject({ title: form.title });
  });
});

describe('an answer whose window is gone', () => {
  const t = translator('en');
  const view = { ...form, id: 'V1', state: { values: {} } } as unknown as ViewOutput;
  const asks: ModalView = { ...form, submit: { type: 'plain_text', text: 'Save' } };
  it.each([
    ['what was done', { done: 'HK-1 is recorded.' }, 'HK-1 is recorded.'],
    ['that it is done, where a card follows', { update: form }, '“form” is done'],
    ['what was saved, where the next form follows', { update: asks, told: 'Applied.' }, 'Applied.'],
    ['that nothing is saved, where it asks on', { update: asks }, '“form” is not saved'],
    ['the same, where it asks on top', { push: asks }, '“form” is not saved'],
  ])('tells %s', (_what, outcome, words) => {
    expect(lateText({ outcome }, view, t)).toContain(words);
  });
});
