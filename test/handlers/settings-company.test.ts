// The company's settings as a window: the days ahead at which an owner is told of a contract's end.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf } from '../support/windows.js';

const ADMIN = slackId('admin');

let world: SandboxedCompany;
let ui: ReturnType<typeof windowsOf>;
beforeAll(async () => {
  world = await startSandboxedCompany();
  ui = windowsOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.sandbox.dismiss(ADMIN, true);
  await ui.press(ADMIN, 'settings.company', '');
});

const save = (endingDays: string) => world.sandbox.submit(ADMIN, ui.fill(ADMIN, { endingDays }));
const kept = async () => (await world.company.system()).company.settings.endingDays;

describe('days ahead of a contract’s end', () => {
  it('are shown, read in any order and writing, and may be none', async () => {
    expect(ui.block(ADMIN, 'endingDays').element).toMatchObject({ initial_value: '30, 7' });
    await save('７、60, 30，60');
    expect(await kept()).toEqual([60, 30, 7]);
    await world.sandbox.dismiss(ADMIN, true);
    await ui.press(ADMIN, 'settings.company', '');
    await save('');
    expect(await kept()).toEqual([]);
  });

  it.each(['0', '366', 'x', '1 2 3 4 5 6', '-3'])('refuse %j on the field', async (typed) => {
    const before = await kept();
    const result = await save(typed);
    expect(result.errors?.endingDays).toContain('写最多 5 个 1 到 365 的天数');
    expect(await kept()).toEqual(before);
  });
});
