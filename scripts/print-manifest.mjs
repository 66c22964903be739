// manifest.yml as JSON on standard output: the Slack CLI's get-manifest hook. With a public address, for signed HTTP:
//   npm run -s manifest -- https://huikuan.example.com
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const path = fileURLToPath(new URL('../manifest.yml', import.meta.url));
const manifest = parse(readFileSync(path, 'utf8'));
// The Slack CLI adds options of its own.
const address = process.argv.slice(2).find((one) => !one.startsWith('-'));
if (address !== undefined && !/^https:\/\/[^/]/.test(address)) {
  process.stderr.write(`${address} is no address for Slack: it begins with https:// and is public.\n`);
  process.exit(1);
}
const shown = address === undefined ? manifest : overHttp(manifest, address);
process.stdout.write(`${JSON.stringify(shown, null, address === undefined ? 0 : 2)}\n`);

/** Everything that Slack sends goes to the one address of the app. */
function overHttp({ features, settings, ...rest }, host) {
  const url = new URL('/slack/events', host).href;
  return {
    ...rest,
    features: {
      ...features,
      slash_commands: features.slash_commands.map((command) => ({ ...command, url })),
    },
    settings: {
      ...settings,
      event_subscriptions: { ...settings.event_subscriptions, request_url: url },
      interactivity: { ...settings.interactivity, request_url: url, message_menu_options_url: url },
      socket_mode_enabled: false,
    },
  };
}
