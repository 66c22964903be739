// The demo company: a machinery seller, its customers and contracts on the 30/30/30/10 schedule, some paid, some late,
// dates relative to today. Everything goes through the real services, each at its own day, as people would have done it.
import { pathToFileURL } from 'node:url';
import { CHANNELS, DEMO_COMPANY, DEPARTMENTS, PEOPLE } from '../scripts/sandbox-world.js';
import type { Ctx } from '../src/ctx.js';
import { type Database, type Db, openDatabase } from '../src/db/client.js';
import { findApproval } from '../src/domain/approvals/approval.queries.js';
import { approve } from '../src/domain/approvals/decisions.service.js';
import type { SubjectType } from '../src/domain/approvals/subjects.js';
import { createContract } from '../src/domain/contracts/contract.service.js';
import { submitContract } from '../src/domain/contracts/contract-approval.service.js';
import { setMilestone } from '../src/domain/contracts/milestone.service.js';
import { customerContact } from '../src/domain/customers/customer.js';
import { createCustomer, editCustomer } from '../src/domain/customers/customer.service.js';
import { newId } from '../src/domain/ids.js';
import { addDays, instantOf, type LocalDate, todayIn } from '../src/domain/local-date.js';
import { saveDepartment } from '../src/domain/members/department.service.js';
import { asLocale, toActor } from '../src/domain/members/member.queries.js';
import { ensureMember, setMember } from '../src/domain/members/member.service.js';
import { createPlan } from '../src/domain/plans/plan.service.js';
import { postponeInstalment } from '../src/domain/plans/plan-changes.service.js';
import { recordReceipt } from '../src/domain/receipts/receipt.service.js';
import { recordUnclaimed } from '../src/domain/receipts/unclaimed.service.js';
import { editCompany, loadCompany } from '../src/domain/settings/company.service.js';
import { rowsOfTemplate, type Template, templateInput } from '../src/domain/templates/template.js';
import { createTemplate } from '../src/domain/templates/template.service.js';
import { seedChanges } from './demo-changes.js';
import { CONTRACTS, type DemoContract, MILESTONES, SCHEDULE } from './demo-contracts.js';
import { seedMoney } from './demo-money.js';

const ZONE = 'Asia/Shanghai';
/** Fills an empty database; returns false and changes nothing when there is a company with members already. */
export async function seedDemo(db: Db, now: Date): Promise<boolean> {
  if ((await db.user.count()) > 0) return false;
  const today = todayIn(now, ZONE);
  const oldest = Math.max(...CONTRACTS.map((contract) => contract.signedDaysAgo)) + 30;
  const as = actors(db);
  await seedPeople(db, morning(addDays(today, -oldest)));
  // What was due on a day is done by 10:00; nothing is done later than now.
  const on = (date: LocalDate): Date => {
    const at = morning(date);
    return at < now ? at : now;
  };
  const template = await seedTemplate(await as('U_ADMIN', morning(addDays(today, -oldest))));
  for (const contract of CONTRACTS) await seedContract(as, contract, today, template, on);
  await seedUnclaimed(await as('U_FINANCE', on(today)));
  await seedMoney(
    {
      db,
      as: (person, date) => as(person, on(date)),
      approveAll: (subject, date) => approveFully(as, subject, on(date)),
    },
    today,
  );
  await forgetOldNews(db);
  return true;
}

const morning = (date: LocalDate): Date => instantOf(date, '10:00', ZONE);

type As = (slackUserId: string, at: Date) => Promise<Ctx>;

function actors(db: Db): As {
  return async (slackUserId, at) => {
    const user = await db.user.findUniqueOrThrow({ where: { slackUserId } });
    const company = await loadCompany(db, at);
    const actor = await toActor(db, user);
    return { db, now: at, today: todayIn(at, company.timezone), company, actor, requestId: newId(at) };
  };
}

/** Everybody who is asked approves, step by step. */
async function approveFully(as: As, subject: { type: SubjectType; id: string }, at: Date): Promise<void> {
  for (;;) {
    const ctx = await as('U_ADMIN', at);
    const approval = await findApproval(ctx, subject);
    const next = approval?.status === 'open' ? approval.approvers[0] : undefined;
    if (!approval || !next) return;
    const { slackUserId } = await ctx.db.user.findUniqueOrThrow({ where: { id: next.id } });
    await approve(await as(slackUserId, at), approval.id, approval.version);
  }
}

/** The company, its channels and its people with their departments, roles and managers; nobody has sold anything yet. */
export async function seedPeople(db: Db, at: Date): Promise<void> {
  const as = actors(db);
  const ids = new Map<string, string>();
  for (const person of PEOPLE) {
    const { id: slackUserId, name, locale, workspaceAdmin = false } = person;
    const profile = { slackUserId, name, email: null, timezone: ZONE, workspaceAdmin, outsider: false };
    // The newcomer stays unknown until they say something, as on a real first contact.
    if (person.roles.length === 0) continue;
    const user = await ensureMember(db, at, { ...profile, locale: asLocale(locale) });
    if (user) ids.set(slackUserId, user.id);
  }
  const company = await loadCompany(db, at);
  const { finance: financeChannelId, escalation: escalationChannelId } = CHANNELS;
  const change = { name: DEMO_COMPANY, financeChannelId, escalationChannelId };
  await editCompany(await as('U_ADMIN', at), company.version, change);
  const departments = new Map<string, string>();
  for (const { name, parent, director } of DEPARTMENTS) {
    const place = { parentId: departments.get(parent ?? '') ?? null, directorId: ids.get(director) ?? null };
    const made = await saveDepartment(await as('U_ADMIN', at), { id: null, version: 0, name, ...place });
    departments.set(name, made.id);
  }
  for (const person of PEOPLE) {
    const userId = ids.get(person.id);
    if (userId === undefined || person.roles.includes('admin')) continue;
    const { version } = await db.user.findUniqueOrThrow({ where: { id: userId } });
    const managerId = person.manager === undefined ? null : (ids.get(person.manager) ?? null);
    const departmentId = departments.get(person.department ?? '') ?? null;
    const change = { userId, version, roles: person.roles, managerId, departmentId };
    await setMember(await as('U_ADMIN', at), change);
  }
}

/** The company's own terms, beside the templates that it was made with. */
async function seedTemplate(admin: Ctx): Promise<Template> {
  const lines = SCHEDULE.map((part, index) => ({
    name: part.zh,
    shareBp: part.share,
    anchorKind: part.anchor,
    anchorOffset: { days: part.days },
    isRetention: index === SCHEDULE.length - 1,
  }));
  return createTemplate(
    admin,
    templateInput.parse({ code: '3331-7', name: '设备销售标准条款', rounding: 'yuan', lines }),
  );
}

/** What was to happen before today has happened, on its day. */
async function seedMilestones(
  rep: (date: LocalDate) => Promise<Ctx>,
  contractId: string,
  dates: { shipment: LocalDate; acceptance: LocalDate | null },
  today: LocalDate,
): Promise<void> {
  for (const kind of ['shipment', 'acceptance'] as const) {
    const date = dates[kind];
    if (date === null || date > today) continue;
    const ctx = await rep(date);
    const { version } = await ctx.db.contract.findUniqueOrThrow({ where: { id: contractId } });
    // As expected, so that nothing moves.
    const set = { contractId, version, kind, happened: true, date, evidence: null, alsoMove: [], seen: '' };
    await setMilestone(ctx, set);
  }
}

async function seedContract(
  as: As,
  demo: DemoContract,
  today: LocalDate,
  template: Template,
  on: (date: LocalDate) => Date,
): Promise<void> {
  const signedOn = addDays(today, -demo.signedDaysAgo);
  const expectedOn = (kind: keyof typeof MILESTONES) => addDays(signedOn, MILESTONES[kind]);
  const rep = (date: LocalDate) => as(demo.rep, on(date));
  const english = demo.rep === 'U_REP_EN';
  const customer = await createCustomer(await rep(signedOn), {
    name: demo.customer,
    contacts: [{ name: english ? 'Accounts payable' : '王会计', isBilling: true }],
  });
  if (demo.creditLimit !== undefined) {
    const { id, version, name, contacts } = customer;
    const file = { name, contacts: customerContact.array().parse(contacts) };
    const head = await as('U_FIN_MGR', on(signedOn));
    await editCustomer(head, id, version, file, { creditLimit: BigInt(demo.creditLimit) * 100n });
  }
  const amount = BigInt(demo.amount) * 100n;
  const contract = await createContract(await rep(signedOn), {
    customerId: customer.id,
    name: demo.name,
    type: demo.type,
    amount,
    currency: 'CNY',
    signedOn,
    ...(demo.endsInDays !== undefined && { startsOn: signedOn, endsOn: addDays(today, demo.endsInDays) }),
    milestones: {
      shipment: expectedOn('shipment'),
      ...(!demo.acceptanceUnknown && { acceptance: expectedOn('acceptance') }),
      warranty_end: expectedOn('warranty_end'),
    },
    paymentMethod: 'transfer',
  });
  const { company } = await rep(signedOn);
  const planned = rowsOfTemplate(template, amount, 'CNY', {}, company.calendar);
  const parts = planned.map((row) => row.amount);
  const { rows, contractVersion: version } = await createPlan(await rep(signedOn), {
    contractId: contract.id,
    rows: planned
      .slice(0, demo.retentionLater ? -1 : undefined)
      .map(({ effectiveDue: _due, ...row }, index) => ({
        ...row,
        name: (english ? SCHEDULE[index]?.en : SCHEDULE[index]?.zh) ?? row.name,
        dueSource: 'anchor' as const,
        plannedMethod: 'transfer',
      })),
  });
  if (demo.stopAt === 'draft') return;
  const planLater = demo.retentionLater === true;
  await submitContract(await rep(signedOn), { id: contract.id, version, planLater });
  if (demo.stopAt === 'submitted') return;
  await approveFully(as, { type: 'contract', id: contract.id }, on(signedOn));
  const isOpen = demo.acceptanceUnknown || demo.acceptanceLate;
  const accepted = isOpen ? null : expectedOn('acceptance');
  await seedMilestones(rep, contract.id, { shipment: expectedOn('shipment'), acceptance: accepted }, today);

  const dueOf = (seq: number) => {
    const part = SCHEDULE[seq];
    return part ? addDays(expectedOn(part.anchor), part.days) : signedOn;
  };
  const target = { customerId: customer.id, contractId: contract.id };
  const receive = async (seq: number, money: bigint, date: LocalDate, approved: boolean) => {
    const ctx = await rep(date);
    const receipt = await recordReceipt(ctx, {
      ...target,
      instalmentId: rows[seq]?.id ?? null,
      amount: money,
      currency: 'CNY',
      method: 'transfer',
      receivedOn: ctx.today,
      payerName: demo.customer,
    });
    if (!approved) return;
    await approveFully(as, { type: 'receipt', id: receipt.id }, on(date));
  };
  for (let seq = 0; seq < demo.paid; seq += 1) await receive(seq, parts[seq] ?? 0n, dueOf(seq), true);
  const next = demo.paid;
  const money = parts[next] ?? 0n;
  if (demo.partPaid !== undefined)
    await receive(next, (money * BigInt(demo.partPaid)) / 10_000n, dueOf(next), true);
  if (demo.waiting) await receive(next, money, today, false);
  if (demo.postponedDays !== undefined) {
    const ctx = await rep(addDays(dueOf(next), -1));
    const row = await ctx.db.instalment.findFirstOrThrow({ where: { id: rows[next]?.id ?? '' } });
    const to = addDays(dueOf(next), demo.postponedDays);
    await postponeInstalment(ctx, { id: row.id, version: row.version, to, remark: '客户本月付款排期已满' });
  }
  const acting: Parameters<typeof seedChanges>[0] = {
    rep,
    manager: (date) => as('U_MANAGER', on(date)),
    approveAll: (subject, date) => approveFully(as, subject, on(date)),
  };
  await seedChanges(acting, demo, contract.id, today);
}

/** Money that nobody knows yet: somebody's rep will claim it. */
async function seedUnclaimed(finance: Ctx): Promise<void> {
  await recordUnclaimed(finance, {
    amount: 46_800_00n,
    currency: 'CNY',
    method: 'transfer',
    receivedOn: finance.today,
    payerName: '李建国',
    bankSlipNo: '2026110000917',
    remark: '摘要只写了“货款”',
  });
}

/** What happened weeks ago is history, not news: only what still waits for somebody is sent when the app starts. */
async function forgetOldNews(db: Db): Promise<void> {
  const open = await db.approval.findMany({ where: { status: 'open' }, select: { id: true } });
  const waits = open.map(({ id }) => ({ dedupeKey: { contains: id } }));
  await db.outbox.updateMany({
    where: { status: 'pending', kind: { notIn: ['member.welcome', 'unclaimed.card'] }, NOT: { OR: waits } },
    data: { status: 'skipped' },
  });
}

/** Empties a database that holds the demo company, or nothing; open it anew then. @throws Error for any other company's */
export async function emptyDemo(database: Database): Promise<void> {
  const company = await database.prisma.company.findFirst();
  const members = await database.prisma.user.count();
  if (company && members > 0 && company.name !== DEMO_COMPANY) {
    throw new Error(
      `This database belongs to ${company.name}, not to the demo company: it is left as it is.`,
    );
  }
  // Tables whose rows may not be deleted go with their schema; opening the database again makes it anew.
  await database.pool.query('DROP SCHEMA public CASCADE');
  await database.pool.query('CREATE SCHEMA public');
}

async function main(): Promise<void> {
  const { DATABASE_URL: databaseUrl, DATA_DIR: dataDir } = process.env;
  const open = () => openDatabase({ ...(databaseUrl && { databaseUrl }), ...(dataDir && { dataDir }) });
  if (process.argv.includes('--reset')) await using(await open(), emptyDemo);
  const done = await using(await open(), (database) => seedDemo(database.prisma, new Date()));
  process.stdout.write(
    done ? `${DEMO_COMPANY}: ready.\n` : 'There are members already: nothing was changed. Use --reset.\n',
  );
}

async function using<T>(database: Database, work: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
