// A local Slack with the test company's people in it, and a deliverer that sends there.
import { pino } from 'pino';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.js';
import { createDelivery, type Delivery, type DeliveryOptions } from '../../src/jobs/deliver-notices.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { NOON, PEOPLE, type TestCompany } from './company.js';

export const FINANCE_CHANNEL = 'C0FINANCE';
export const ESCALATION_CHANNEL = 'C0ESCALATE';
export const FOREIGN_CHANNEL = 'C0FOREIGN';
export const slackIdOf = (who: keyof typeof PEOPLE): string => `U_${who.toUpperCase()}`;

const SCOPES = [
  'users:read',
  'chat:write',
  'im:write',
  'im:history',
  'channels:history',
  'files:read',
  'files:write',
];

export async function startLocalSlack(): Promise<Sandbox> {
  const people = Object.keys(PEOPLE) as (keyof typeof PEOPLE)[];
  const members = people.map(slackIdOf);
  return startSandbox({
    transport: 'socket',
    manifest: {
      display_information: { name: 'Huikuan' },
      features: { app_home: { home_tab_enabled: true }, bot_user: { display_name: 'huikuan' } },
      oauth_config: { scopes: { bot: SCOPES } },
    },
    team: { id: 'T0TEST', name: 'Test', tz: 'Asia/Shanghai' },
    users: people.map((who) => ({ id: slackIdOf(who), name: who, real_name: who })),
    channels: [
      { id: FINANCE_CHANNEL, name: 'finance', members, withApp: true },
      { id: ESCALATION_CHANNEL, name: 'escalation', members, withApp: true },
      { id: FOREIGN_CHANNEL, name: 'foreign', members },
    ],
  });
}

/** Sends everything at once: no pause between two messages, no limit a minute. */
export function deliveryTo(
  sandbox: Sandbox,
  company: TestCompany,
  more: Partial<DeliveryOptions> = {},
): Delivery {
  const log = pino({ level: 'silent' });
  return createDelivery({
    db: company.db,
    slack: createSlackSender({ token: sandbox.botToken, slackApiUrl: sandbox.apiUrl, log }),
    clock: () => NOON,
    log,
    gapMs: 0,
    perMinute: Number.POSITIVE_INFINITY,
    ...more,
  });
}
