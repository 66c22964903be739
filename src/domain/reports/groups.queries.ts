// What the rows of a report stand for: their keys in SQL, and their names. '' is what belongs to none.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Group } from './report.js';

interface Key {
  /** As it is stored: grouped by faster than as text. NULL: belongs to none. */
  readonly key: Prisma.Sql;
  readonly join: Prisma.Sql;
}

const NONE = Prisma.empty;
const contractOf = (alias: 's' | 'r') =>
  Prisma.sql`LEFT JOIN contract kc ON kc.id = ${Prisma.raw(alias)}.contract_id`;
const departmentOf = (owner: Prisma.Sql) => Prisma.sql`LEFT JOIN app_user ku ON ku.id = ${owner}`;

/** A key as text, '' for none. */
export const keyText = (key: Prisma.Sql): Prisma.Sql => Prisma.sql`COALESCE(${key}::text, '')`;

/** Of a table expression `s` with contract_id, customer_id and owner_id. */
export const STANDING_KEYS: { readonly [G in Group]: Key } = {
  customer: { key: Prisma.sql`s.customer_id`, join: NONE },
  contract: { key: Prisma.sql`s.contract_id`, join: NONE },
  rep: { key: Prisma.sql`s.owner_id`, join: NONE },
  department: {
    key: Prisma.sql`ku.department_id`,
    join: departmentOf(Prisma.sql`s.owner_id`),
  },
  type: { key: Prisma.sql`kc.type`, join: contractOf('s') },
};

/** Of money `r` with customer_id and contract_id: whose customer it is. */
export const MONEY_KEYS: { readonly [G in Group]: Key } = {
  customer: { key: Prisma.sql`r.customer_id`, join: NONE },
  contract: { key: Prisma.sql`r.contract_id`, join: NONE },
  rep: { key: Prisma.sql`kk.owner_id`, join: Prisma.sql`JOIN customer kk ON kk.id = r.customer_id` },
  department: {
    key: Prisma.sql`ku.department_id`,
    join: Prisma.sql`JOIN customer kk ON kk.id = r.customer_id ${departmentOf(Prisma.sql`kk.owner_id`)}`,
  },
  type: { key: Prisma.sql`kc.type`, join: contractOf('r') },
};

/** A column of names for the keys `g.key`; of a type its key, which the company's settings name. */
export const GROUP_NAMES: {
  readonly [G in Group]: { readonly name: Prisma.Sql; readonly join: Prisma.Sql };
} = {
  customer: {
    name: Prisma.sql`n.name`,
    join: Prisma.sql`LEFT JOIN customer n ON n.id = NULLIF(g.key, '')::uuid`,
  },
  contract: {
    name: Prisma.sql`n.number || ' · ' || n.name`,
    join: Prisma.sql`LEFT JOIN contract n ON n.id = NULLIF(g.key, '')::uuid`,
  },
  rep: { name: Prisma.sql`n.name`, join: Prisma.sql`LEFT JOIN app_user n ON n.id = NULLIF(g.key, '')::uuid` },
  department: {
    name: Prisma.sql`n.name`,
    join: Prisma.sql`LEFT JOIN department n ON n.id = NULLIF(g.key, '')::uuid`,
  },
  type: { name: Prisma.sql`g.key`, join: NONE },
};

/** The name of one group, for whoever was shown rows of it. */
export async function findGroupName({ db }: Pick<ReadCtx, 'db'>, by: Group, key: string): Promise<string> {
  const { name, join } = GROUP_NAMES[by];
  const [row] = await db.$queryRaw<{ name: string | null }[]>`
    SELECT ${name} AS name FROM (SELECT ${key}::text AS key) g ${join}`;
  return row?.name ?? '';
}
