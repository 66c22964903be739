// manifest.yml is the source of truth: what it announces is what the app listens to, and the other way round.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Manifest } from '../../sandbox/server/manifest.js';
import { startSandbox } from '../../sandbox/server/sandbox.js';
import { sandboxWorld } from '../../scripts/sandbox-world.js';
import { COMMANDS, SHORTCUT } from '../../src/handlers/command-ids.js';
import { profileOf } from '../../src/handlers/context.js';
import type { Deps } from '../../src/handlers/deps.js';
import { registerHandlers } from '../../src/handlers/index.js';
import type { Listeners } from '../../src/handlers/listeners.js';
import { createLog } from '../../src/log.js';

const text = readFileSync('manifest.yml', 'utf8');
const manifest = parse(text) as Manifest;

/** What the app registers, heard by something that only listens. */
function registered() {
  const heard = {
    command: [] as unknown[],
    shortcut: [] as unknown[],
    event: [] as unknown[],
    action: [] as unknown[],
    options: [] as unknown[],
    view: [] as unknown[],
  };
  const ear = new Proxy({} as Listeners, {
    get: (_listeners, kind) => (id: unknown) => {
      if (typeof kind === 'string' && kind in heard) heard[kind as keyof typeof heard].push(id);
    },
  });
  const unused = new Proxy({} as Deps['db'], {});
  registerHandlers(ear, {
    db: unused,
    clock: () => new Date(0),
    log: createLog('silent'),
    kick: () => {},
    download: async () => null,
  });
  return heard;
}

describe('manifest.yml', () => {
  const heard = registered();
  const sorted = (list: readonly unknown[] = []) => list.map(String).toSorted();

  it('announces exactly the commands that are registered', () => {
    const announced = manifest.features?.slash_commands?.map(({ command }) => command);
    expect(sorted(heard.command)).toEqual(sorted(announced));
    expect(sorted(COMMANDS)).toEqual(sorted(announced));
  });

  it('announces exactly the shortcuts that are registered', () => {
    const announced = manifest.features?.shortcuts?.map(({ callback_id }) => callback_id);
    expect(sorted(heard.shortcut)).toEqual(sorted(announced));
    expect(sorted(Object.values(SHORTCUT))).toEqual(sorted(announced));
  });

  it('lets the app read of people what it knows them by', async () => {
    const sandbox = await startSandbox({ ...sandboxWorld(), transport: 'socket' });
    try {
      const client = new WebClient(sandbox.botToken, { slackApiUrl: sandbox.apiUrl });
      const { user = {} } = await client.users.info({ user: 'U_ADMIN', include_locale: true });
      expect(profileOf('U_ADMIN', user)).toMatchObject({ email: expect.stringMatching(/^u_admin@.+/) });
    } finally {
      await sandbox.close();
    }
  });

  it('subscribes to exactly the events that are registered', () => {
    // A subscription names the kind of conversation too; the event is called `message` all the same.
    const subscribed = manifest.settings?.event_subscriptions?.bot_events?.map((name) =>
      name.replace(/^message\..*/, 'message'),
    );
    expect(sorted(heard.event)).toEqual(sorted(subscribed));
  });

  it('gives every id exactly one listener', () => {
    for (const kind of ['command', 'shortcut', 'event', 'action', 'options', 'view'] as const) {
      const ids = heard[kind].map(String);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
      const exact = heard[kind].filter((id) => typeof id === 'string');
      const patterns = heard[kind].filter((id) => id instanceof RegExp);
      for (const id of exact)
        expect(
          patterns.filter((pattern) => pattern.test(id)),
          id,
        ).toEqual([]);
    }
  });

  it('gives a reason beside each scope', () => {
    const scopes = manifest.oauth_config?.scopes?.bot ?? [];
    expect(new Set(scopes).size).toBe(scopes.length);
    const lines = text.split('\n').map((line) => line.trim());
    for (const scope of scopes) {
      const at = lines.indexOf(`- ${scope}`);
      let above = at - 1;
      // A reason may stand over several scopes.
      while (lines[above]?.startsWith('- ') && lines[above] !== 'bot:') above -= 1;
      expect(lines[above], scope).toMatch(/^# .+\.$/);
    }
  });

  it('stays inside Slack’s limits', () => {
    const { features } = manifest;
    for (const { command, description, usage_hint } of features?.slash_commands ?? []) {
      expect(command.length).toBeLessThanOrEqual(32);
      expect([...description].length).toBeLessThanOrEqual(2000);
      expect(usage_hint).toBeTruthy();
    }
    for (const { name } of features?.shortcuts ?? []) expect([...name].length).toBeLessThanOrEqual(24);
  });

  it('is printed as JSON by the Slack CLI’s hook', () => {
    const hooks: { hooks: Record<string, string> } = JSON.parse(readFileSync('.slack/hooks.json', 'utf8'));
    const [program = '', ...args] = (hooks.hooks['get-manifest'] ?? '').split(' ');
    expect(program).toBe('node');
    expect(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))).toEqual(manifest);
  });

  it('over signed HTTP has one address for all that Slack sends, and asks for no socket', () => {
    const args = ['scripts/print-manifest.mjs', 'https://huikuan.example.com'];
    const printed = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    const url = 'https://huikuan.example.com/slack/events';
    const withUrl = manifest.features?.slash_commands?.map((command) => ({ ...command, url }));
    expect(printed.features).toEqual({ ...manifest.features, slash_commands: withUrl });
    expect(printed.settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { is_enabled: true, request_url: url, message_menu_options_url: url },
      event_subscriptions: { ...manifest.settings?.event_subscriptions, request_url: url },
    });
    expect(printed.oauth_config).toEqual(manifest.oauth_config);
  });
});
