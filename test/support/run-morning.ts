// Plans a morning and delivers it as the app's jobs do, and says where it is, until it is killed.
import { pino } from 'pino';
import { openDatabase } from '../../src/db/client.js';
import { todayIn } from '../../src/domain/local-date.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';
import { createDelivery } from '../../src/jobs/deliver-notices.js';
import { createSlackSender } from '../../src/jobs/delivery/slack-sender.js';

const [target = '', time = '', slackApiUrl = '', token = ''] = process.argv.slice(2);
/** So that a sweep has many commits to be killed between. */
const ROWS_A_COMMIT = 5;
const print = (line: string) =>
  new Promise<void>((resolve) => {
    process.stdout.write(`${line}\n`, () => resolve());
  });

const now = new Date(time);
const log = pino({ level: 'silent' });
const { prisma: db } = await openDatabase(JSON.parse(target));
const company = await loadCompany(db, now);
await print('open');
await planReminders({ db, now, today: todayIn(now, company.timezone), company }, ROWS_A_COMMIT);
await print('planned');
const slack = createSlackSender({ token, slackApiUrl, log });
const delivery = createDelivery({
  db,
  slack,
  clock: () => now,
  log,
  gapMs: 0,
  perMinute: Number.POSITIVE_INFINITY,
});
await delivery.run();
await print('delivered');
