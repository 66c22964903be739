// All settings as one file: out of one company, into the same one later or into another; nothing is lost, nothing that is
// not in it is touched, and once more changes nothing (F103).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.js';
import { localDate } from '../../src/domain/local-date.js';
import { saveDepartment } from '../../src/domain/members/department.service.js';
import { askForAccess, setMember } from '../../src/domain/members/member.service.js';
import { resetLadder, saveStep, startLadder } from '../../src/domain/reminders/ladder.service.js';
import { findLadder } from '../../src/domain/reminders/ladder-window.queries.js';
import { editCompany } from '../../src/domain/settings/company.service.js';
import { saveEntry, savePattern } from '../../src/domain/settings/lists.service.js';
import { readSettingsFile } from '../../src/domain/settings/settings-file.js';
import {
  exportSettings,
  importSettings,
  previewSettings,
} from '../../src/domain/settings/settings-file.service.js';
import { templateInput } from '../../src/domain/templates/template.js';
import { createTemplate } from '../../src/domain/templates/template.service.js';
import type { ReminderRule } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { settingsPreview } from '../../src/handlers/views/settings-file-views.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

type Json = Record<string, unknown>;
const taken = async (): Promise<Json> => JSON.parse(await exportSettings(await company.as('admin')));
const preview = async (file: unknown, unreachable: string[] = []) =>
  previewSettings(await company.as('admin'), readSettingsFile(file), unreachable);
async function bring(file: unknown) {
  const { shown } = await preview(file);
  return importSettings(await company.as('admin'), shown);
}
const refused = async (file: unknown, code: ErrorCode, params: object = {}) =>
  expect(preview(file)).rejects.toMatchObject({ code, params });
const withSettings = (file: Json, more: object) => ({
  ...file,
  settings: { ...Object(file.settings), ...more },
});

/** A company that differs from a new one in every topic. */
async function furnish(): Promise<void> {
  const admin = () => company.as('admin');
  const version = async () => (await admin()).company.version;
  await editCompany(await admin(), await version(), {
    name: '恒力机械',
    remindAt: '08:30',
    workweek: [1, 2, 3, 4, 5, 6],
    financeChannelId: 'C_FINANCE',
    settings: { toleranceMinor: 5_00, exchangeRates: [{ currency: 'USD', rate: '7.1' }], endingDays: [60] },
  });
  await saveEntry(await admin(), await version(), 'industries', {
    key: null,
    zh: '航空',
    en: 'Aviation',
    active: true,
  });
  await savePattern(await admin(), await version(), 'contract', 'GX-{YYYY}-{000}', 'yearly');
  const lines = [{ name: '全款', isRemainder: true, anchorKind: 'signing' as const }];
  const template = await createTemplate(
    await admin(),
    templateInput.parse({ code: 'ALL', name: '一次付清', lines }),
  );
  const customer = await aCustomer(company);
  for (const target of [
    { scope: 'template' as const, id: template.id },
    { scope: 'customer' as const, id: customer.id },
  ]) {
    const { rules } = await findLadder(await admin(), { ...target, kind: 'normal' });
    await startLadder(await admin(), { ...target, kind: 'normal', version: await version() }, rules);
  }
  const roles = ['owner', 'sales_manager'] as const;
  const step = { offsetDays: 5, repeatEveryDays: null, roles, tone: 'firm' as const, level: null };
  const whole = { scope: 'company' as const, id: null, kind: 'normal' as const };
  await saveStep(await admin(), { ...whole, version: await version() }, null, step);
  const head = { id: null, version: 0, name: '销售部', parentId: null, directorId: company.ids.manager };
  const { id: parentId } = await saveDepartment(await admin(), head);
  const { id: departmentId } = await saveDepartment(await admin(), {
    ...head,
    name: '华北',
    parentId,
    directorId: null,
  });
  const rep = await company.db.user.findUniqueOrThrow({ where: { id: company.ids.rep } });
  await setMember(await admin(), {
    userId: rep.id,
    version: rep.version,
    roles: ['rep'],
    managerId: company.ids.director,
    departmentId,
  });
}

/** Back to what a new company has, as far as there is a way back. */
async function strip(): Promise<void> {
  const { db } = company;
  const whole = { scope: 'company' as const, id: null, kind: 'normal' as const };
  const admin = await company.as('admin');
  await resetLadder(admin, { ...whole, version: admin.company.version });
  await db.reminderRule.deleteMany({
    where: { OR: [{ scope: { not: 'company' } }, { code: { startsWith: 'X' } }] },
  });
  await db.planTemplate.deleteMany({ where: { code: 'ALL' } });
  await db.user.updateMany({ data: { departmentId: null, managerId: null } });
  await db.department.deleteMany({ where: { parentId: { not: null } } });
  await db.department.deleteMany();
  await changeCompany(db, {
    name: 'Huikuan',
    remindAt: '09:00',
    workweek: [1, 2, 3, 4, 5],
    financeChannelId: null,
    settings: {},
  });
}

const withoutTime = ({ exportedAt: _at, ...file }: Json) => file;

/** Without what it was on the morning of its change. */
const asSaved = ({ changedOn: _on, ruleBefore: _before, ...rule }: ReminderRule) => rule;

describe('the file', () => {
  it('brings everything back, says before what changes, and once more changes nothing', async () => {
    await furnish();
    const file = await taken();
    expect(JSON.stringify(file)).not.toMatch(/token|secret|xox/i);
    expect((await preview(file)).plan.changes).toEqual([]);
    await strip();
    const { plan, shown } = await preview(file);
    const topics = new Set(plan.changes.map(({ topic }) => topic));
    expect([...topics].toSorted()).toEqual(
      [
        'calendar',
        'channels',
        'company',
        'departments',
        'flows',
        'ladders',
        'lists',
        'numbering',
        'people',
        'templates',
        'tolerance',
      ].toSorted(),
    );
    expect(plan.changes).toContainEqual({
      topic: 'company',
      kind: 'value',
      field: 'name',
      before: 'Huikuan',
      after: '恒力机械',
    });
    expect(await taken()).not.toEqual(file);
    await importSettings(await company.as('admin'), shown);
    // Codes of steps are this database's own: what they say is the same.
    const plainCodes = (one: Json) =>
      JSON.parse(JSON.stringify(withoutTime(one)).replace(/"code":"X\d+"/g, '"code":"X"'));
    expect(plainCodes(await taken())).toEqual(plainCodes(file));
    const entries = await company.db.auditLog.count();
    expect((await bring(file)).changes).toEqual([]);
    // The export above is noted, the import that changed nothing is not.
    expect(await company.db.auditLog.count()).toBe(entries);
    const actions = await company.db.auditLog.findMany({
      where: {
        action: {
          in: [
            'member.changed',
            'template.created',
            'department.created',
            'ladder.changed',
            'company.edited',
            'settings.exported',
          ],
        },
      },
    });
    expect(new Set(actions.map(({ action }) => action)).size).toBe(6);
  });

  it('leaves what it does not say, and what it does not name', async () => {
    await furnish();
    const before = await taken();
    const { changes } = await bring({
      huikuan: 'settings',
      version: 1,
      settings: { ackDays: 5, industries: [{ key: 'space', zh: '航天', en: 'Space', active: true }] },
    });
    expect(changes.map(({ topic }) => topic)).toEqual(['lists', 'tolerance']);
    const after = await taken();
    const settings = Object(before.settings) as { industries: object[] };
    expect(after).toMatchObject({
      ...withoutTime(before),
      settings: {
        ...settings,
        ackDays: 5,
        industries: [...settings.industries, { key: 'space', zh: '航天', en: 'Space', active: true }],
      },
    });
  });

  it('finds people by e-mail too, names those who are not here, and leaves their places as they are', async () => {
    await company.db.user.update({ where: { id: company.ids.rep2 }, data: { email: 'Rep2@example.com' } });
    const file = {
      huikuan: 'settings',
      version: 1,
      people: [
        {
          slackUserId: 'U_OTHER',
          email: 'rep2@EXAMPLE.com',
          name: '二号',
          roles: ['rep', 'auditor'],
          manager: 'U_GONE',
          department: null,
        },
        {
          slackUserId: 'U_LOST',
          email: 'lost@example.com',
          name: '丢了',
          roles: ['admin'],
          manager: null,
          department: null,
        },
      ],
    };
    const { plan, shown } = await preview(file);
    expect(plan.missing.people).toEqual(['U_GONE', '丢了 lost@example.com']);
    expect(plan.people).toHaveLength(1);
    await importSettings(await company.as('admin'), shown);
    const rep2 = await company.db.user.findUniqueOrThrow({ where: { id: company.ids.rep2 } });
    expect(rep2).toMatchObject({ roles: ['rep', 'auditor'], managerId: company.ids.manager });
    const welcome = await company.db.outbox.findMany({ where: { kind: 'member.welcome' } });
    expect(welcome.map(({ recipient }) => recipient)).toEqual([`user:${rep2.id}`]);
  });

  it('takes a step of another rank for another step, and a file of before tones leaves them', async () => {
    const file = await taken();
    const ladders = file.ladders as { kind: string; steps: Json[] }[];
    const normal = ladders.find(({ kind }) => kind === 'normal');
    if (!normal) throw new Error('no ladder');
    const admin = await company.as('admin');
    const roles = ['owner', 'sales_manager'] as const;
    const step = { offsetDays: 3, repeatEveryDays: null, roles, tone: 'firm' as const, level: 1 };
    const whole = { scope: 'company' as const, id: null, kind: 'normal' as const };
    await saveStep(admin, { ...whole, version: admin.company.version }, 'E2', step);
    const before = await company.db.reminderRule.findMany({ orderBy: { id: 'asc' } });
    const steps = normal.steps.map(({ tone: _tone, ...one }) => one);
    expect((await bring({ ...file, ladders: [{ ...normal, steps }] })).changes).toEqual([]);
    const moved = steps.map((one) => (one.code === 'E2' ? { ...one, rank: 650 } : one));
    await bring({ ...file, ladders: [{ ...normal, steps: moved }] });
    const after = await company.db.reminderRule.findMany({ orderBy: { id: 'asc' } });
    // The old one stays, so that rows that have come to it are found.
    expect(after.slice(0, before.length).map(asSaved)).toEqual(
      before.map(asSaved).map((one) => (one.code === 'E2' ? { ...one, enabled: false } : one)),
    );
    expect(after.slice(before.length)).toMatchObject([{ rank: 650, offsetDays: 3, tone: 'urgent' }]);
    const same = steps.map((one) => (one.code === 'E2' ? { ...one, rank: 500 } : one));
    await refused({ ...file, ladders: [{ ...normal, steps: same }] }, 'ladder.order');
  });

  it('is for admins alone, both ways', async () => {
    for (const who of ['rep', 'finance', 'financeManager', 'director', 'auditor'] as const) {
      const denied = { code: 'access.denied' };
      await expect(exportSettings(await company.as(who))).rejects.toMatchObject(denied);
      await expect(
        previewSettings(await company.as(who), readSettingsFile(await taken()), []),
      ).rejects.toMatchObject(denied);
      const shown = { id: company.ids.rep, version: 1, company: 1 };
      await expect(importSettings(await company.as(who), shown)).rejects.toMatchObject(denied);
    }
  });

  it('holds for what was previewed only', async () => {
    const file = withSettings(await taken(), { ackDays: 7 });
    const first = await preview(file);
    const admin = await company.as('admin');
    await editCompany(admin, admin.company.version, { settings: { soloMode: true } });
    await expect(importSettings(await company.as('admin'), first.shown)).rejects.toMatchObject({
      code: 'settings.file_changed',
    });
    const second = await preview(file);
    await expect(importSettings(await company.as('admin'), first.shown)).rejects.toMatchObject({
      code: 'draft.changed',
    });
    const rep = await company.db.user.findUniqueOrThrow({ where: { id: company.ids.rep } });
    await company.db.user.update({ where: { id: rep.id }, data: { roles: ['auditor'] } });
    await expect(importSettings(await company.as('admin'), second.shown)).rejects.toMatchObject({
      code: 'settings.file_changed',
    });
    expect((await company.system()).company.settings.ackDays).toBe(3);
  });

  it('leaves channels that cannot be posted in', async () => {
    const file = {
      ...(await taken()),
      company: { financeChannelId: 'C_CLOSED', escalationChannelId: 'C_OPEN' },
    };
    const { plan, shown } = await preview(file, ['C_CLOSED']);
    expect(plan.missing.channels).toEqual(['C_CLOSED']);
    await importSettings(await company.as('admin'), shown);
    const { financeChannelId, escalationChannelId } = (await company.system()).company;
    expect([financeChannelId, escalationChannelId]).toEqual([null, 'C_OPEN']);
  });
});

it('shows of who approves what it was and what it would be, not its name alone', async () => {
  const file = await taken();
  const flows = (file.settings as { approvalFlows: Json[] }).approvalFlows;
  const weaker = flows.flatMap((flow) => {
    if (flow.key === 'receipt_cash') return [];
    return flow.key === 'receipt_large' ? [{ ...flow, minAmount: 90_000_000 }] : [flow];
  });
  const { plan } = await preview(withSettings(file, { approvalFlows: weaker }));
  const reader = { t: translator('zh-CN'), locale: 'zh-CN', today: localDate('2026-11-20') } as const;
  const present = await company.as('admin');
  const { blocks } = settingsPreview(plan, present.company, '{}', {
    ...reader,
    now: present.now,
    timezone: 'Asia/Shanghai',
    actor: null,
  });
  const text = JSON.stringify(blocks);
  expect(text).toContain(
    '回款 · ≥ ¥500,000.00（1 财务 → 2 财务主管） → 回款 · ≥ ¥900,000.00（1 财务 → 2 财务主管）',
  );
  expect(text).toContain('回款 · 现金 · ≥ ¥10,000.00（1 财务主管） → 没有');
});

/** The preview's words, in Chinese. */
async function previewed(file: unknown): Promise<string> {
  const { plan } = await preview(file);
  const { now, company: present } = await company.as('admin');
  const locale = 'zh-CN' as const;
  const reader = { t: translator(locale), locale, today: localDate('2026-11-20'), now, actor: null };
  return JSON.stringify(
    settingsPreview(plan, present, '{}', { ...reader, timezone: 'Asia/Shanghai' }).blocks,
  );
}

describe('what becomes of people, rules and lists', () => {
  const changedFile = async () => {
    await furnish();
    const file = await taken();
    const many = <T>(key: string, list: unknown, change: (one: T) => unknown) => ({
      [key]: (list as T[]).map(change),
    });
    return {
      ...withSettings(file, {
        industries: (Object(file.settings).industries as Json[]).map((one) =>
          one.zh === '航空' ? { ...one, zh: '航天', active: false } : one,
        ),
      }),
      ...many<Json>('people', file.people, (one) =>
        one.slackUserId === slackIdOf('rep2') ? { ...one, roles: ['finance'], department: '华北' } : one,
      ),
      ...many<Json>('departments', file.departments, (one) =>
        one.name === '华北' ? { ...one, director: slackIdOf('director') } : one,
      ),
      ...many<Json>('templates', file.templates, (one) =>
        one.code === 'ALL' ? { ...one, name: '一次性' } : one,
      ),
      ...many<Json>('ladders', file.ladders, (one) =>
        one.scope === 'company' && one.kind === 'normal' ? { ...one, steps: shorter(one.steps) } : one,
      ),
    } as Json;
  };
  const shorter = (steps: unknown) => (steps as Json[]).filter((step) => step.offsetDays !== 5);
  const slackIdOf = (who: PersonKey) => `U_${who.toUpperCase()}`;

  it('is said before, not their names alone', async () => {
    const file = await changedFile();
    const text = await previewed(file);
    expect(text).toContain('rep2：部门：空 → 华北；角色：销售 → 财务');
    expect(text).toContain('华北：部门负责人：空 → director');
    expect(text).toContain('ALL 一次性：名称：一次付清 → 一次性');
    expect(text).toContain('航空 / Aviation：在用：是 → 否；名称：航空 / Aviation → 航天 / Aviation');
    expect(text).toMatch(/公司 · 回款期：阶梯：逾期 5 天[^；]* → 空/);
  });

  it('stands in the trail as after the same change by form', async () => {
    const file = await changedFile();
    const known = (await company.db.auditLog.findMany()).map(({ id }) => id);
    await bring(file);
    const last = async (action: string) =>
      company.db.auditLog.findFirstOrThrow({ where: { action, id: { notIn: known } } });
    const steps = [expect.objectContaining({ offsetDays: 5 })];
    expect(await last('ladder.changed')).toMatchObject({
      before: { kind: 'normal', ladder: steps },
      after: { kind: 'normal', ladder: [] },
    });
    expect(await last('department.changed')).toMatchObject({
      before: { directorId: null },
      after: { directorId: company.ids.director },
    });
    const template = await last('template.edited');
    expect([template.before, template.after]).toEqual([{ name: '一次付清' }, { name: '一次性' }]);
  });

  it('redraws the cards that name them, and answers who asked for a role', async () => {
    const { db, ids } = company;
    const [row] = (await anActiveContract(company, [[100_00n, '2026-12-01']])).rows;
    if (!row) throw new Error('no row');
    await aSubmittedReceipt(company, row, 100_00n);
    await askForAccess(await company.as('nobody'));
    await db.outbox.updateMany({ data: { status: 'sent', channel: 'C1', ts: '1.1' } });
    const file = await taken();
    const nobody = { slackUserId: slackIdOf('nobody'), email: null, name: 'nobody', manager: null };
    await bring({ ...file, people: [{ ...nobody, roles: ['finance'], department: null }] });
    const rewritten = await db.outbox.findMany({ where: { op: 'update', status: 'pending' } });
    expect(new Set(rewritten.map(({ kind }) => kind))).toEqual(new Set(['receipt.card', 'member.asked']));
    expect((await db.user.findUniqueOrThrow({ where: { id: ids.nobody } })).askedAt).toBeNull();
  });
});

describe('a file that cannot be', () => {
  it('is refused with the place in it, and nothing changes', async () => {
    const file = await taken();
    const before = await company.db.auditLog.count();
    await refused('no json', 'settings.file_unreadable');
    await refused({ rows: [] }, 'settings.file_unreadable');
    await refused({ ...file, version: 2 }, 'settings.file_version', { version: '2' });
    await refused({ ...file, tokens: [] }, 'settings.file_invalid', { place: 'tokens' });
    const places: [object, string][] = [
      [{ ackDays: 99 }, 'settings.ackDays'],
      [{ ackWeeks: 1 }, 'settings.ackWeeks'],
      [{ currencies: ['USD'] }, 'company.baseCurrency'],
      [
        { paymentMethods: [{ key: 'a', zh: '现金', en: 'Other cash', active: true }] },
        'settings.paymentMethods',
      ],
      [
        {
          numbering: {
            ...Object(Object(file.settings).numbering),
            receipt: { parts: [{ text: 'HK' }], reset: 'daily' },
          },
        },
        'settings.numbering.receipt',
      ],
      [
        {
          approvalFlows: [
            {
              key: 'x',
              subject: 'receipt',
              minAmount: null,
              method: null,
              contractType: null,
              creditExceeded: false,
              steps: [{ mode: 'any', roles: ['sales_director'], people: [] }],
            },
          ],
        },
        'settings.approvalFlows.x',
      ],
    ];
    for (const [more, place] of places)
      await refused(withSettings(file, more), 'settings.file_invalid', { place });
    await refused({ ...file, company: { remindAt: '19:00' } }, 'settings.file_invalid', {
      place: 'company.remindUntil',
    });
    await refused({ ...file, company: { timezone: 'Mars/Base' } }, 'settings.file_invalid', {
      place: 'company.timezone',
    });
    const people = file.people as { slackUserId: string; roles: string[]; manager: string | null }[];
    const only = (id: string, more: object) => ({
      ...file,
      people: people.map((one) => (one.slackUserId === id ? { ...one, ...more } : one)),
    });
    await refused(only('U_ADMIN', { roles: [] }), 'settings.last_admin');
    await refused(only('U_DIRECTOR', { manager: 'U_REP' }), 'settings.manager_cycle');
    const ring = [
      { name: 'A', parent: 'B', director: null },
      { name: 'B', parent: 'A', director: null },
    ];
    await refused({ ...file, departments: ring }, 'department.cycle');
    await refused(
      {
        ...file,
        templates: [{ code: 'T', name: 'T', lines: [{ name: 'x', shareBp: 5000, anchorKind: 'signing' }] }],
      },
      'template.shares',
    );
    expect(await company.db.auditLog.count()).toBe(before);
  });
});
