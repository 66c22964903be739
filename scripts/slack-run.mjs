// The Slack CLI's start hook: `slack run` hands over the tokens of its app under names of its own.
import { spawn } from 'node:child_process';

const { SLACK_CLI_XOXB, SLACK_CLI_XAPP, ...env } = process.env;
const app = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
  stdio: 'inherit',
  env: {
    ...env,
    ...(SLACK_CLI_XOXB && { SLACK_BOT_TOKEN: SLACK_CLI_XOXB }),
    ...(SLACK_CLI_XAPP && { SLACK_APP_TOKEN: SLACK_CLI_XAPP }),
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.kill(signal));
app.on('exit', (code) => process.exit(code ?? 1));
