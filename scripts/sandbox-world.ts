// The people and channels of the demo workspace, and the manifest the sandbox obeys: what `npm run sandbox` starts with,
// what prisma/seed.ts gives roles to, and what stories are played in.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Manifest } from '../sandbox/server/manifest.js';
import type { SandboxOptions } from '../sandbox/server/options.js';
import type { Role } from '../src/domain/access.js';

export interface DemoPerson {
  id: string;
  name: string;
  locale: 'zh-CN' | 'en-US';
  title: string;
  roles: Role[];
  /** Slack id. */
  manager?: string;
  /** Name of a department. */
  department?: string;
  workspaceAdmin?: boolean;
}

/** A machinery seller: two reps under a manager, a director, finance, an auditor, an admin, and a newcomer. */
export const PEOPLE: readonly DemoPerson[] = [
  {
    id: 'U_ADMIN',
    name: '王敏',
    locale: 'zh-CN',
    title: '管理员 Admin',
    roles: ['admin'],
    workspaceAdmin: true,
  },
  {
    id: 'U_DIRECTOR',
    name: '陈国栋',
    locale: 'zh-CN',
    title: '销售总监 Sales director',
    roles: ['sales_director'],
  },
  {
    id: 'U_MANAGER',
    name: '赵琳',
    locale: 'zh-CN',
    title: '销售主管 Sales manager',
    roles: ['sales_manager'],
    manager: 'U_DIRECTOR',
    department: '华东大区 East China',
  },
  {
    id: 'U_REP',
    name: '李雷',
    locale: 'zh-CN',
    title: '销售 Sales',
    roles: ['rep'],
    manager: 'U_MANAGER',
    department: '华东大区 East China',
  },
  {
    id: 'U_REP_EN',
    name: 'Emma Clark',
    locale: 'en-US',
    title: 'Sales',
    roles: ['rep'],
    manager: 'U_MANAGER',
    department: '华东大区 East China',
  },
  { id: 'U_FINANCE', name: '孙悦', locale: 'zh-CN', title: '财务 Finance', roles: ['finance'] },
  { id: 'U_FINANCE_EN', name: 'Frank Moore', locale: 'en-US', title: 'Finance', roles: ['finance'] },
  {
    id: 'U_FIN_MGR',
    name: '周明',
    locale: 'zh-CN',
    title: '财务主管 Finance manager',
    roles: ['finance_manager'],
  },
  { id: 'U_AUDITOR', name: '吴倩', locale: 'zh-CN', title: '审计 Auditor', roles: ['auditor'] },
  { id: 'U_NEW', name: '新同事', locale: 'zh-CN', title: '还没有角色 No role yet', roles: [] },
];

/** The demo company's departments, parents first. */
export const DEPARTMENTS: readonly { name: string; parent?: string; director: string }[] = [
  { name: '销售部 Sales', director: 'U_DIRECTOR' },
  { name: '华东大区 East China', parent: '销售部 Sales', director: 'U_MANAGER' },
];

/** Name of the demo company and of its workspace. */
export const DEMO_COMPANY = '恒力机械 Hengli Machinery';

export const CHANNELS = { finance: 'C_FINANCE', escalation: 'C_ESCALATION', general: 'C_GENERAL' } as const;
const everybody = PEOPLE.map((person) => person.id);
const withRole = (...roles: Role[]) =>
  PEOPLE.filter((person) => person.roles.some((role) => roles.includes(role))).map((person) => person.id);

/** manifest.yml, as the sandbox obeys it. */
export function readManifest(): Manifest {
  const path = fileURLToPath(new URL('../manifest.yml', import.meta.url));
  return parse(readFileSync(path, 'utf8')) as Manifest;
}

/** What the sandbox is started with, but for the transport. */
export function sandboxWorld(): Omit<SandboxOptions, 'transport'> {
  return {
    manifest: readManifest(),
    team: { id: 'T_DEMO', name: DEMO_COMPANY, domain: 'hengli', tz: 'Asia/Shanghai' },
    users: PEOPLE.map(({ id, name, locale, title, workspaceAdmin }) => ({
      id,
      name,
      real_name: name,
      locale,
      title,
      tz: 'Asia/Shanghai',
      is_admin: workspaceAdmin ?? false,
    })),
    channels: [
      {
        id: CHANNELS.finance,
        name: '财务-回款',
        is_private: true,
        members: withRole('finance', 'finance_manager', 'admin'),
        withApp: true,
      },
      {
        id: CHANNELS.escalation,
        name: '逾期-升级',
        members: withRole('rep', 'sales_manager', 'sales_director', 'finance_manager', 'admin'),
        withApp: true,
      },
      { id: CHANNELS.general, name: 'general', members: everybody },
    ],
  };
}
