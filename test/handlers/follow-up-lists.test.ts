// The timeline of follow-ups and the team's numbers through the real app, in both languages: empty, huge, out of scope.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { anActiveContract, NOON, type PersonKey } from '../support/company.js';
import { type SandboxedCompany, slackId, startSandboxedCompany } from '../support/sandboxed-company.js';
import { windowsOf, words } from '../support/windows.js';

const MANY = 45;
/** What Slack would read as a mention and markup, at its longest. */
const LONG = '<!channel> *客户* 说下周付，<@U_ADMIN> 跟 & 确认。'.repeat(60);

describe.each([
  [
    'zh-CN',
    { none: '还没有跟进。', head: '第1期', next: '第 2 页，共 3 页', stats: '跟进 45 次', denied: '需要' },
  ],
  [
    'en-US',
    { none: 'No follow-up yet.', head: '#1', next: 'Page 2 of 3', stats: '45 follow-ups', denied: 'needs' },
  ],
] as const)('in %s', (locale, expected) => {
  let world: SandboxedCompany;
  let ui: ReturnType<typeof windowsOf>;
  let contractId: string;
  let customerId: string;
  let othersId: string;
  let fill: (of: number) => Promise<void>;
  beforeAll(async () => {
    world = await startSandboxedCompany(locale);
    ui = windowsOf(world);
    const { contract, rows } = await anActiveContract(world.company, [[10_000_00n, '2026-11-30']]);
    contractId = contract.id;
    customerId = contract.customerId;
    othersId = (await anActiveContract(world.company, [[1_00n, '2026-11-30']], { who: 'rep2' })).contract.id;
    await world.company.db.user.updateMany({
      where: { id: { in: Object.values(world.company.ids) } },
      data: { locale },
    });
    fill = async (of: number) => {
      const [row] = rows;
      if (!row) throw new Error('no row');
      await world.company.db.followUp.createMany({
        data: Array.from({ length: of }, (_none, n) => ({
          id: newId(new Date(NOON.getTime() - 1_000 * (of - n))),
          instalmentId: row.id,
          kind: 'call',
          content: LONG,
          result: 'promised',
          promisedOn: toUtcDate(localDate('2026-11-19')),
          promisedAmount: 9_999_999_999_999_99n,
          createdAt: new Date(NOON.getTime() - 1_000 * (of - n)),
          createdById: world.company.ids.rep,
        })),
      });
    };
  });
  afterAll(() => world.close());

  const open = async (who: PersonKey, action: string, value = '') => {
    await world.sandbox.dismiss(slackId(who), true);
    await ui.press(slackId(who), action, value);
    return words(ui.top(slackId(who)));
  };

  it('says that there is nothing', async () => {
    expect(await open('rep', 'follow_up.list', JSON.stringify({ c: contractId, p: 1 }))).toContain(
      expected.none,
    );
    expect(await open('manager', 'follow_up.stats')).toContain(expected.none);
  });

  it('turns the pages of many long ones, of a contract and of a customer; what was typed pings nobody', async () => {
    await fill(MANY);
    const shown = await open('rep', 'follow_up.list', JSON.stringify({ c: contractId, p: 1 }));
    expect(shown.split(expected.head)).toHaveLength(21);
    // What was written stands once a follow-up, at length.
    expect(shown).toContain(String.raw`\n&lt;!channel&gt;`);
    expect(shown).not.toContain(' · &lt;!channel&gt;');
    expect(shown).not.toContain('<!channel>');
    await ui.clickTop(slackId('rep'), 'follow_up.list.next');
    expect(words(ui.top(slackId('rep')))).toContain(expected.next);
    const last = await open('manager', 'follow_up.list', JSON.stringify({ u: customerId, p: 99 }));
    expect(last.split(expected.head)).toHaveLength(MANY - 40 + 1);
  });

  it('is of nobody else’s rows, whatever id is sent; the numbers are for whoever leads people', async () => {
    expect(await open('rep', 'follow_up.list', JSON.stringify({ c: othersId, p: 1 }))).toContain(
      expected.none,
    );
    expect(await open('rep2', 'follow_up.list', JSON.stringify({ c: contractId, p: 1 }))).toContain(
      expected.none,
    );
    expect(await open('manager', 'follow_up.stats')).toContain(expected.stats);
    await world.sandbox.dismiss(slackId('rep'), true);
    await ui.press(slackId('rep'), 'follow_up.stats', '');
    expect(world.sandbox.views(slackId('rep'))).toEqual([]);
    expect(world.person('rep').told()).toContain(expected.denied);
  });
});
