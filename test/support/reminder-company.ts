// A company of many reps for the oracle of reminders: their teams, hours and zones, their rows, one of which hangs on a
// delivery; and its messages as they reach people.
import { pino } from 'pino';
import { expect } from 'vitest';
import { handOver as handOverBook } from '../../src/domain/customers/hand-over.service.js';
import { newId } from '../../src/domain/ids.js';
import { toActor } from '../../src/domain/members/member.queries.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { createDelivery } from '../../src/jobs/deliver-notices.js';
import type { Post, SlackSender } from '../../src/jobs/delivery/slack-sender.js';
import { anActiveContract, type PersonKey, type TestCompany } from './company.js';
import { at } from './mornings.js';
import { handOver, setDelivery } from './reminder-history.js';
import { type OracleRow, oracleRow, plus, stepsOf } from './reminder-oracle.js';

export interface Person {
  readonly timezone: string;
  readonly remindAt: string;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}
export const HERE: Person = { timezone: 'Asia/Shanghai', remindAt: '09:00', quietFrom: null, quietTo: null };
/** Who differs: zones to the west and east, an hour of their own, quiet hours. */
const DIFFERENT: Person[] = [
  { ...HERE, timezone: 'Europe/Berlin' },
  { ...HERE, timezone: 'America/New_York' },
  { ...HERE, timezone: 'Asia/Tokyo' },
  { ...HERE, remindAt: '11:30' },
  { ...HERE, quietFrom: '08:00', quietTo: '12:00' },
];

export interface YearOptions {
  readonly first: string;
  readonly days: number;
  readonly reps: number;
  readonly rowsARep: number;
}

/** The company as one rep sees it: `rep` is this rep, whoever is above is `manager`. */
function companyOf(company: TestCompany, first: string, repId: string, managerId: string): TestCompany {
  const ids = { ...company.ids, rep: repId, manager: managerId };
  return {
    ...company,
    ids,
    async as(who: PersonKey, now = at(first)) {
      const user = await company.db.user.findUniqueOrThrow({ where: { id: ids[who] } });
      return {
        ...(await company.system(now)),
        actor: await toActor(company.db, user),
        requestId: newId(now),
      };
    },
  };
}

async function person(
  company: TestCompany,
  first: string,
  name: string,
  role: 'rep' | 'sales_manager',
  managerId: string | null,
  own: Person,
): Promise<string> {
  const now = at(first, '08:00');
  const id = newId(now);
  const { remindAt, ...rest } = own;
  await company.db.user.create({
    data: {
      id,
      slackUserId: `U_${name}`,
      name,
      locale: 'zh-CN',
      roles: [role],
      managerId,
      ...rest,
      remindAt: remindAt === '09:00' ? null : remindAt,
      createdAt: now,
      updatedAt: now,
    },
  });
  return id;
}

/** A row, whose it is, and what the oracle knows of it. */
export interface Watched {
  /** The company as the row's owner sees it. */
  view: TestCompany;
  /** Whoever has owned it: who was told of a step is not told of it again. */
  readonly owners: Set<string>;
  /** Steps and whom they were told, each with the due date they were of (heardKey): nobody is told of one again. */
  readonly heard: Set<string>;
  readonly row: OracleRow;
  readonly no: number;
}

export const heardKey = (row: OracleRow, code: string | undefined, who: string): string =>
  `${row.due} ${code} ${who}`;

/** What there is to watch: rows, the company as each rep sees it, and who has which hours. */
export interface YearCompany {
  readonly rows: readonly Watched[];
  readonly views: readonly TestCompany[];
  readonly times: ReadonlyMap<string, Person>;
}

/** Reps with their managers, hours and rows. */
export async function foundCompany(
  company: TestCompany,
  { first, days, reps, rowsARep }: YearOptions,
  chance: () => number,
): Promise<YearCompany> {
  const times = new Map<string, Person>();
  const join = async (...[name, role, managerId, own]: [string, 'rep' | 'sales_manager', string, Person]) => {
    const id = await person(company, first, name, role, managerId, own);
    times.set(id, own);
    return id;
  };
  const rows: Watched[] = [];
  const views: TestCompany[] = [];
  const day = () => plus(first, 1 + Math.floor(chance() * days));
  const watch = (view: TestCompany, row: OracleRow) =>
    rows.push({ view, row, no: rows.length, owners: new Set([view.ids.rep]), heard: new Set() });
  const managers: string[] = [];
  for (let n = 0; n < Math.max(1, Math.ceil(reps / 8)); n += 1)
    managers.push(await join(`manager${n}`, 'sales_manager', company.ids.director, DIFFERENT[n] ?? HERE));
  for (let n = 0; n < reps; n += 1) {
    const managerId = managers[n % managers.length] ?? '';
    const own = n % 4 === 1 ? (DIFFERENT[(n >> 2) % DIFFERENT.length] ?? HERE) : HERE;
    const view = companyOf(company, first, await join(`rep${n}`, 'rep', managerId, own), managerId);
    const dues = Array.from({ length: rowsARep }, day);
    const made = await anActiveContract(
      view,
      // The last is a retention.
      dues.map((due, index) => [1_000_00n, due, { isRetention: index === rowsARep - 1 }]),
      { now: at(first, '08:00') },
    );
    for (const [index, row] of made.rows.entries())
      watch(view, oracleRow(row.id, dues[index] ?? '', row.outstanding, row.isRetention));
    watch(view, await onDelivery(view, first, day()));
    views.push(view);
  }
  // What the contracts' approvals left is not looked at.
  await company.db.outbox.deleteMany();
  return { rows, views, times };
}

/** A contract of one instalment that hangs on its delivery, which is expected on a day. */
async function onDelivery(view: TestCompany, first: string, due: string): Promise<OracleRow> {
  const now = at(first, '08:00');
  const anchor = {
    anchorKind: 'delivery',
    anchorOffset: { months: 0, days: 0 },
    dueSource: 'anchor',
  } as const;
  const { contract, rows } = await anActiveContract(view, [[1_000_00n, null, anchor]], { now });
  await setDelivery(await view.as('manager', now), contract.id, due);
  return oracleRow(rows[0]?.id ?? '', due, 1_000_00n, false, contract.id);
}

/** Their owner becomes another rep, who never had them; @returns whom they were given to. */
export async function give(
  company: TestCompany,
  views: readonly TestCompany[],
  rows: readonly Watched[],
  today: string,
  chance: () => number,
) {
  const others = views.filter((view) => rows.every((one) => !one.owners.has(view.ids.rep)));
  const to = others[Math.floor(chance() * others.length)];
  const [first] = rows;
  if (!to || !first) return null;
  const director = await company.as('director', at(today, '12:00'));
  if (first.row.isOrphan) await handOverBook(director, first.view.ids.rep, to.ids.rep);
  else {
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: first.row.id } });
    await reassignInstalment(director, { id: first.row.id, version, toId: to.ids.rep });
  }
  for (const one of rows) {
    const code = stepsOf(one.row)[one.row.done]?.code;
    const { manager } = to.ids;
    // Theirs was the row before, and the step was told to them then.
    const hasHeard = one.heard.has(heardKey(one.row, code, manager));
    handOver(one.row, one.view.ids.manager !== manager && !hasHeard);
    one.view = to;
    one.owners.add(to.ids.rep);
  }
  return to.ids.rep;
}

/** Sends everything; each digest must have reached its person once, and name the customers of all that it tells them of. */
export async function deliverDigests(
  company: TestCompany,
  now: Date,
  digests: readonly { id: string; recipient: string }[],
): Promise<void> {
  const posts: Post[] = [];
  const slack: SlackSender = {
    dmOf: (id) => `D${id}`,
    openDm: async (id) => ({ kind: 'open', channel: `D${id}` }),
    async post(post) {
      posts.push(post);
      return { kind: 'sent', channel: post.channel, ts: `${now.getTime()}.${posts.length}` };
    },
    update: async ({ channel, ts }) => ({ kind: 'sent', channel, ts }),
    upload: async ({ channel }) => ({ kind: 'sent', channel, ts: null }),
    find: async () => ({ kind: 'absent' }),
    download: async () => null,
  };
  const log = pino({ level: 'silent' });
  const pace = { gapMs: 0, perMinute: Number.POSITIVE_INFINITY };
  const delivery = createDelivery({ db: company.db, slack, clock: () => now, log, ...pace });
  await delivery.run();
  await delivery.stop();
  for (const { id, recipient } of digests) {
    const userId = recipient.slice('user:'.length);
    const { slackUserId } = await company.db.user.findUniqueOrThrow({ where: { id: userId } });
    const mine = posts.filter((post) => post.noticeId === id);
    expect(mine.map((post) => post.channel)).toEqual([`D${slackUserId}`]);
    const told = await company.db.reminder.findMany({
      where: { outboxId: id, instalment: { ownerId: userId } },
      select: { status: true, instalment: { select: { customer: { select: { name: true } } } } },
    });
    expect(told.filter(({ status }) => status !== 'sent')).toEqual([]);
    // More than a message holds are in its file.
    if (told.length > 20) continue;
    const text = JSON.stringify(mine[0]?.blocks);
    for (const { instalment } of told) expect(text).toContain(instalment?.customer.name);
  }
}
