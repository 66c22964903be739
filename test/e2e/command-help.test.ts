// /hk help from the command to the answer, over both transports, with health and the first admin.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Story, startStory, textOf } from './support.js';

describe.each(['socket', 'http'] as const)('over %s', (transport) => {
  let story: Story;
  beforeAll(async () => {
    story = await startStory(transport);
  });
  afterAll(() => story.close());

  const answersTo = (as: string) =>
    story.sandbox.history(as, story.sandbox.dm(as)).filter((message) => message.ephemeral);
  const answer = async (as: string, command: string, text: string) => {
    const { sandbox } = story;
    const before = answersTo(as).length;
    const result = await sandbox.command(as, command, text);
    expect(result).toMatchObject({ ok: true, status: 'acked' });
    return sandbox.waitFor(() => answersTo(as)[before], 45_000, 'an answer');
  };

  it('answers /hk help to the first admin, in Chinese, for nobody else to see', async () => {
    const message = await answer('U_ADMIN', '/hk', 'help');
    expect(message.ephemeral).toBe(true);
    const text = textOf(message.blocks);
    expect(text).toContain('帮助');
    expect(text).toContain('/hk 设置');
    expect(text).toContain('管理员');
  });

  it('answers a person without a role in their language with the way to ask, whatever they type', async () => {
    const message = await answer('U_REP_EN', '/hk-contract', '');
    expect(textOf(message.blocks)).toContain('You have no role yet. Ask an admin.');
    expect(textOf(message.blocks)).not.toContain('/hk-receipt');
    expect(story.sandbox.views('U_REP_EN')).toEqual([]);
  });

  it('names the nearest command for a slip, and runs it from the button', async () => {
    const message = await answer('U_ADMIN', '/hk', 'hlep');
    expect(message.text).toContain('没看懂“hlep”');
    const { sandbox } = story;
    const channel = sandbox.dm('U_ADMIN');
    const before = answersTo('U_ADMIN').length;
    await sandbox.click('U_ADMIN', { channel, message }, 'command.suggestion.0');
    const help = await sandbox.waitFor(() => answersTo('U_ADMIN')[before], 45_000, 'the help');
    expect(textOf(help.blocks)).toContain('/hk 待办');
  });

  it('tells the first workspace admin that they are the app’s first admin', async () => {
    const { sandbox } = story;
    const welcome = await sandbox.waitFor(
      () =>
        sandbox
          .history('U_ADMIN', sandbox.dm('U_ADMIN'))
          .find((message) => textOf(message.blocks).includes('你是第一位管理员。')),
      45_000,
      'the welcome',
    );
    expect(textOf(welcome.blocks)).toContain('项设置未完成');
  });

  it('answers /livez and /readyz', async () => {
    expect((await fetch(`${story.appUrl}/livez`)).status).toBe(200);
    const ready = await fetch(`${story.appUrl}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ok: true, database: 'up', slack: 'up' }]);
    expect((await fetch(`${story.appUrl}/readyz`, { method: 'POST' })).status).toBe(404);
  });
});
