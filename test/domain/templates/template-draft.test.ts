import { describe, expect, it } from 'vitest';
import {
  type TemplateLineInput,
  templateInput,
  templateLine,
} from '../../../src/domain/templates/template.js';
import {
  changeLines,
  parseTemplateDraft,
  templateDraftJson,
} from '../../../src/domain/templates/template-draft.js';

const line = (name: string, more: Partial<TemplateLineInput> = {}) =>
  templateLine.parse({ name, anchorKind: 'signing', shareBp: 1000, ...more });
const names = (lines: readonly { name: string }[]) => lines.map((one) => one.name).join('');

describe('lines of a template', () => {
  const abc = [line('a'), line('b'), line('c')];

  it.each([
    ['up', 1, 'bac'],
    ['down', 1, 'acb'],
    ['up', 0, 'abc'],
    ['down', 2, 'abc'],
    ['remove', 1, 'ac'],
    ['remove', 7, 'abc'],
    ['up', 7, 'abc'],
  ] as const)('%s of line %i', (move, at, expected) => {
    expect(names(changeLines(abc, { move, at }))).toBe(expected);
    expect(names(abc)).toBe('abc');
  });

  it('puts a new line last, but before the remainder; a changed one where it was', () => {
    expect(names(changeLines(abc, { put: line('x'), at: null }))).toBe('abcx');
    expect(names(changeLines(abc, { put: line('x'), at: 1 }))).toBe('axc');
    const withRest = [line('a'), line('r', { shareBp: null, isRemainder: true })];
    expect(names(changeLines(withRest, { put: line('x'), at: null }))).toBe('axr');
    const rest = line('s', { shareBp: null, isRemainder: true });
    expect(names(changeLines(withRest, { put: rest, at: null }))).toBe('ars');
  });

  it('takes no line beyond the sixtieth, which may still be changed', () => {
    const full = Array.from({ length: 60 }, () => line('a'));
    expect(() => changeLines(full, { put: line('x'), at: null })).toThrow(
      expect.objectContaining({ code: 'template.full' }),
    );
    expect(changeLines(full, { put: line('x'), at: 59 })).toHaveLength(60);
  });
});

describe('a draft of a template', () => {
  const template = templateInput.parse({
    code: 'X',
    name: 'X',
    currency: 'CNY',
    lines: [
      { name: 'a', fixedAmount: 999_999_999_999_999n, anchorKind: 'acceptance', anchorOffset: { days: -3 } },
    ],
  });

  it('survives JSON, also unfinished', () => {
    for (const draft of [
      { id: null, version: 0, template },
      { id: null, version: 0, template: { ...template, code: '', name: '', lines: [] } },
    ]) {
      expect(parseTemplateDraft(JSON.parse(JSON.stringify(templateDraftJson(draft))))).toEqual(draft);
    }
  });

  it.each([
    null,
    {},
    { id: 'x', version: 1, template: {} },
    { id: null, version: 0, template: { lines: 5 } },
  ])('is not %j', (values) => expect(parseTemplateDraft(values)).toBeNull());
});
