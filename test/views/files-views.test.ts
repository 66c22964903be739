// The message that files come with: how many, and what could not be kept.
import { describe, expect, it } from 'vitest';
import type { KeptFile } from '../../src/domain/attachments.js';
import { filesMessage } from '../../src/handlers/views/files-views.js';
import { expectMessage, LOCALES, nasty, reader } from '../support/view-check.js';

describe.each(LOCALES)('in %s', (locale) => {
  const file = (index: number, gone = false): KeptFile => ({ id: `${index}`, name: nasty(255), gone });

  it('comes in parts of ten, and names what is gone', () => {
    const files = Array.from({ length: 23 }, (_none, index) => file(index, index >= 12));
    const record = { id: 'c', number: `HT-${'9'.repeat(50)}`, files };
    const parts = [0, 1, 2, 3].map((part) => filesMessage(record, part, reader(locale)));
    for (const part of parts.slice(0, 3)) if (part) expectMessage(part);
    expect(parts.map((part) => part?.attachmentIds.length ?? null)).toEqual([10, 2, 0, null]);
    expect(parts[0]?.text).not.toContain(locale === 'en' ? 'no longer' : '不在');
    expect(parts[2]?.text).toContain(locale === 'en' ? 'no longer' : '不在');
    expect(JSON.stringify(parts[1]?.blocks)).not.toMatch(/<[@!]/);
  });
});
