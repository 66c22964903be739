import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DomainError, ErrorCode } from '../../src/domain/errors.js';
import { completeCompany, editCompany, loadCompany } from '../../src/domain/settings/company.service.js';
import { type Template, templateInput } from '../../src/domain/templates/template.js';
import {
  listOfferedTemplates,
  listTemplates,
  loadTemplate,
} from '../../src/domain/templates/template.queries.js';
import { createTemplate, deleteTemplate, editTemplate } from '../../src/domain/templates/template.service.js';
import { aCustomer, createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const code = (expected: ErrorCode, field?: string) =>
  expect.objectContaining({
    code: expected,
    ...(field !== undefined && { field }),
  }) as unknown as DomainError;
let made = 0;
const halves = (more: Partial<Template> = {}): Template => {
  made += 1;
  return templateInput.parse({
    code: `H${made}`,
    name: `对半${made}`,
    lines: [
      { name: '前', shareBp: 5000, anchorKind: 'signing' },
      {
        name: '后',
        isRemainder: true,
        anchorKind: 'acceptance',
        anchorOffset: { months: 1, endOfMonth: true },
      },
    ],
    ...more,
  });
};
const audits = (subjectId: string) =>
  company.db.auditLog.findMany({ where: { subjectId }, orderBy: { id: 'asc' } });

describe('presets', () => {
  it('are made with the company: 3331 first', async () => {
    const templates = await listTemplates(await company.system());
    expect(templates.slice(0, 3).map((one) => [one.code, one.lines.length])).toEqual([
      ['3331', 4],
      ['361', 3],
      ['37', 2],
    ]);
    expect(templates[0]?.lines.map((line) => [line.name, line.shareBp, line.anchorKind])).toEqual([
      ['预付款', 3000, 'signing'],
      ['发货款', 3000, 'shipment'],
      ['验收款', 3000, 'acceptance'],
      ['质保金', 1000, 'warranty_end'],
    ]);
  });

  it('are not made again, not even deleted ones; a company from before them gets them', async () => {
    const other = await createTestDatabase();
    try {
      const db = other.db.prisma;
      const info = await loadCompany(db, NOON);
      await db.planTemplate.update({ where: { id: (await first(db)).id }, data: { deletedAt: NOON } });
      await completeCompany(db, info, NOON);
      expect(await db.planTemplate.count()).toBe(3);
      await db.planTemplate.deleteMany();
      await completeCompany(db, info, NOON);
      await completeCompany(db, info, NOON);
      expect((await listTemplates({ db })).map((one) => one.code)).toEqual(['3331', '361', '37']);
    } finally {
      await other.close();
    }
  });
  const first = (db: TestCompany['db']) => db.planTemplate.findFirstOrThrow({ where: { code: '3331' } });

  it('follow the company’s language until somebody changes them', async () => {
    const admin = await company.as('admin');
    const before = await listTemplates(admin);
    const touched = before.find((one) => one.code === '361');
    if (!touched) throw new Error('no 361');
    await editTemplate(await company.as('admin'), touched.id, touched.version, {
      ...touched,
      name: '我们的',
    });
    const version = async () => (await company.as('admin')).company.version;
    await editCompany(await company.as('admin'), await version(), { locale: 'en' });
    const names = (await listTemplates(admin)).map((one) => [one.code, one.name, one.lines[0]?.name]);
    expect(names.slice(0, 2)).toEqual([
      ['3331', 'Signing, shipment, acceptance, retention', 'Down payment'],
      ['361', '我们的', '预付款'],
    ]);
    await editCompany(await company.as('admin'), await version(), { locale: 'zh-CN' });
  });
});

describe('making and changing templates', () => {
  it('keeps lines in their order with everything they say', async () => {
    const input = halves({ contractTypes: ['vehicle'], rounding: 'yuan' });
    const template = await createTemplate(await company.as('admin'), input);
    expect(await loadTemplate(await company.system(), template.id)).toEqual({
      ...input,
      id: template.id,
      version: 1,
    });
    const lines = [
      { ...input.lines[0], shareBp: null, fixedAmount: 12_345n },
      { ...input.lines[0], name: '中', shareBp: 2500 },
      ...input.lines.slice(1),
    ];
    const next = templateInput.parse({ ...input, currency: 'CNY', lines });
    const after = await editTemplate(await company.as('admin'), template.id, 1, next);
    expect(after).toEqual({ ...next, id: template.id, version: 2 });
    expect((await audits(template.id)).map((entry) => entry.action)).toEqual([
      'template.created',
      'template.edited',
    ]);
  });

  it('is for admins only', async () => {
    for (const who of ['rep', 'manager', 'finance', 'financeManager', 'auditor'] as const) {
      const ctx = await company.as(who);
      await expect(createTemplate(ctx, halves())).rejects.toThrow(code('access.denied'));
      const [preset] = await listTemplates(ctx);
      if (!preset) throw new Error('no preset');
      await expect(editTemplate(ctx, preset.id, preset.version, preset)).rejects.toThrow(
        code('access.denied'),
      );
      await expect(deleteTemplate(ctx, preset.id, preset.version)).rejects.toThrow(code('access.denied'));
    }
  });

  it('refuses what is no whole, unknown keys and a code that is taken, until that one is deleted', async () => {
    const as = () => company.as('admin');
    const odd = halves();
    const short = { ...odd, lines: odd.lines.slice(0, 1) };
    await expect(createTemplate(await as(), short)).rejects.toThrow(code('template.shares'));
    const unknown = halves({ contractTypes: ['rocket'] });
    await expect(createTemplate(await as(), unknown)).rejects.toThrow(
      code('choice.unknown', 'contractTypes'),
    );
    const template = await createTemplate(await as(), halves());
    const twin = halves({ code: template.code });
    await expect(createTemplate(await as(), twin)).rejects.toThrow(code('template.duplicate', 'code'));
    await deleteTemplate(await as(), template.id, template.version);
    expect(await createTemplate(await as(), twin)).toMatchObject({ code: template.code, version: 1 });
    await expect(loadTemplate(await as(), template.id)).rejects.toThrow(code('not_found'));
  });

  it('refuses a stale version, naming who was faster, and does the same request once', async () => {
    const template = await createTemplate(await company.as('admin'), halves());
    const ctx = await company.as('admin');
    await editTemplate(ctx, template.id, 1, { ...template, name: '新' });
    await expect(editTemplate(ctx, template.id, 2, template)).rejects.toThrow(code('request.repeated'));
    await expect(editTemplate(await company.as('admin'), template.id, 1, template)).rejects.toMatchObject({
      code: 'version.conflict',
      params: { who: 'admin', version: 2 },
    });
    await expect(deleteTemplate(await company.as('admin'), template.id, 1)).rejects.toThrow(
      code('version.conflict'),
    );
  });

  it('takes one of two with the same code made at once', async () => {
    const input = halves();
    const [one, two] = [await company.as('admin'), await company.as('admin')];
    const results = await Promise.allSettled([createTemplate(one, input), createTemplate(two, input)]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'template.duplicate' },
    });
  });
});

describe('what is offered first', () => {
  it('the customer’s default, then its type or the contract’s, then those for all, then the rest', async () => {
    const as = () => company.as('admin');
    const mine = await createTemplate(await as(), halves({ code: 'Z1', contractTypes: ['parts'] }));
    await createTemplate(await as(), halves({ code: 'A9', contractTypes: ['vehicle'] }));
    await createTemplate(await as(), halves({ code: 'A8', customerTypes: ['agency'] }));
    const customer = await aCustomer(company);
    const offered = async (contractType: string) => {
      const { templates, preferred } = await listOfferedTemplates(await company.system(), {
        contractType,
        customerId: customer.id,
      });
      const codes = templates.map((one) => one.code);
      return { fitting: codes.slice(0, preferred), rest: codes.slice(preferred) };
    };
    const plain = await offered('vehicle');
    expect(plain.fitting[0]).toBe('A9');
    expect(plain.fitting).toContain('3331');
    expect(plain.rest).toEqual(['A8', 'Z1']);
    await company.db.customer.update({
      where: { id: customer.id },
      data: { defaultTemplateId: mine.id, type: 'agency' },
    });
    const own = await offered('vehicle');
    expect(own.fitting.slice(0, 3)).toEqual(['Z1', 'A8', 'A9']);
    expect(own.rest).toEqual([]);
    await deleteTemplate(await as(), mine.id, mine.version);
    expect(
      (await company.db.customer.findUniqueOrThrow({ where: { id: customer.id } })).defaultTemplateId,
    ).toBeNull();
  });
});
