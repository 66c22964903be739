// Departments through the real app: made, changed, deleted, and given to a person (F98, F99).
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type PersonAtSlack,
  type SandboxedCompany,
  slackId,
  startSandboxedCompany,
} from '../support/sandboxed-company.js';

let world: SandboxedCompany;
let admin: PersonAtSlack;
beforeAll(async () => {
  world = await startSandboxedCompany();
  admin = world.person('admin');
});
afterAll(() => world.close());
beforeEach(() => world.sandbox.dismiss(slackId('admin'), true));

async function openDepartments() {
  await admin.press('settings.open');
  await admin.click('department.list');
}
it('a department is made, gets one below it, a person joins, and an empty one is deleted', async () => {
  await openDepartments();
  expect(admin.words()).toContain('还没有部门');
  await admin.click('department.edit');
  await admin.submit({ name: { value: '销售部' }, directorId: { value: slackId('manager') } });
  expect(admin.words()).toContain('已保存部门“销售部”');
  expect(admin.words()).toContain('负责人 manager');

  await admin.click('department.edit', { value: JSON.stringify({ d: null }) });
  const found = await admin.choices('parentId', 'options.department', '销售');
  const { id } = await world.company.db.department.findFirstOrThrow({ where: { name: '销售部' } });
  expect(found).toContain(id);
  await admin.submit({ name: { value: '华东' }, parentId: { 'options.department': id } });
  expect(admin.words()).toContain('销售部 › 华东');

  const east = await world.company.db.department.findFirstOrThrow({ where: { name: '华东' } });
  await world.sandbox.dismiss(slackId('admin'), true);
  await admin.press('settings.member', world.company.ids.rep);
  await admin.choices(`departmentId|${world.company.ids.rep}`, 'options.department', '');
  await admin.submit({ [`departmentId|${world.company.ids.rep}`]: { 'options.department': east.id } });
  const rep = await world.company.db.user.findUniqueOrThrow({ where: { id: world.company.ids.rep } });
  expect(rep.departmentId).toBe(east.id);
  expect(rep.managerId).toBe(world.company.ids.manager);

  await openDepartments();
  await admin.click('department.edit', { value: JSON.stringify({ d: null }) });
  const refused = await admin.submit({ name: { value: '华东' } });
  expect(JSON.stringify(refused)).toContain('换个名称');
  await admin.submit({ name: { value: '华西' } });
  const west = await world.company.db.department.findFirstOrThrow({ where: { name: '华西' } });
  await admin.click('department.remove', { value: JSON.stringify({ d: west.id, v: west.version }) });
  expect(admin.words()).toContain('已删除部门“华西”');
  expect(admin.words()).not.toContain('*华西*');
});

it('nobody else gets in, and no options are told', async () => {
  const rep = world.person('rep');
  await rep.press('department.list');
  expect(rep.told()).toContain('管理员');
  await rep.press('department.remove', JSON.stringify({ d: world.company.ids.rep, v: 1 }));
  expect(rep.told()).toContain('管理员');
});
