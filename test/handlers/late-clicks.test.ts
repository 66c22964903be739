// A click that Slack no longer opens a window for: the person is told all the same, in their language.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';

const WORDS = {
  'zh-CN': '窗口没及时打开。再试一次。',
  'en-US': 'The window opened too late. Try again.',
} as const;

describe.each(['zh-CN', 'en-US'] as const)('in %s', (locale) => {
  let world: SandboxedCompany;
  beforeAll(async () => {
    world = await startSandboxedCompany(locale);
  });
  afterAll(() => world.close());
  /** Every window of the next click is asked for too late: the click's own, and the one that would tell of it. */
  const beLate = () =>
    world.sandbox.faults.add({ method: 'views.open', error: 'expired_trigger_id', times: 2 });

  it('on Home, in the person’s messages', async () => {
    const rep = world.person('rep');
    world.sandbox.openHome(rep.id);
    const home = await world.sandbox.waitFor(() => world.sandbox.home(rep.id) ?? undefined);
    beLate();
    await rep.clickIn(home, 'contract.new');
    expect(world.sandbox.views(rep.id)).toEqual([]);
    expect(rep.told()).toBe(WORDS[locale]);
    // The next click opens it.
    await rep.clickIn(home, 'contract.new');
    expect(rep.top().callback_id).toBe('contract.new');
  });

  it('by a shortcut, in the person’s messages', async () => {
    const manager = world.person('manager');
    beLate();
    await manager.shortcut('shortcut.contract');
    expect(world.sandbox.views(slackId('manager'))).toEqual([]);
    expect(manager.told()).toBe(WORDS[locale]);
  });
});
