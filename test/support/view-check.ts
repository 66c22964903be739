// Holds views against Slack's limits as the strict local Slack knows them, and against ours for messages (ux §7).
import { expect } from 'vitest';
import { validateBlocks } from '../../sandbox/server/validate-blocks.js';
import { validateView } from '../../sandbox/server/validate-view.js';
import type { Locale } from '../../src/domain/access.js';
import { localDate } from '../../src/domain/local-date.js';
import { translator } from '../../src/handlers/i18n/index.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';

export const LOCALES: readonly Locale[] = ['zh-CN', 'en'];

/** Somebody who may do everything with rows of `owner`, on Friday 2026-11-20. */
export function reader(locale: Locale, overrides: Partial<RowReader> = {}): RowReader {
  return {
    t: translator(locale),
    locale,
    today: localDate('2026-11-20'),
    now: new Date('2026-11-20T02:00:00Z'),
    timezone: 'Asia/Shanghai',
    actor: {
      id: 'owner',
      slackUserId: 'U1',
      name: '李销售',
      locale,
      timezone: 'Asia/Shanghai',
      roles: ['rep', 'finance', 'sales_manager'],
      teamIds: [],
      managerId: null,
    },
    ...overrides,
  };
}

/** A modal that Slack takes. */
export function expectModal(view: unknown): void {
  expect(validateView(view)).toEqual([]);
}

/** A message that Slack takes, below the size that we allow ourselves. */
export function expectMessage(message: { text: string; blocks?: unknown }): void {
  expect(validateBlocks('message', message.blocks, '/blocks')).toEqual([]);
  expect(message.text.length).toBeGreaterThan(0);
  expect((message.blocks as unknown[]).length).toBeLessThanOrEqual(48);
  expect([...JSON.stringify(message.blocks)].length).toBeLessThanOrEqual(12_000);
}

/** The longest and nastiest text a person could type into a field of this length. */
export const nasty = (length: number): string =>
  `<!channel> *_~&<@U1>|${'😀汉'.repeat(length)}`.slice(0, length);
