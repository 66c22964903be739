// What the rows of a report stand for: their keys in SQL, and their names. '' is what belongs to none.
import { z } from 'zod';
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { Group } from './report.js';

interface Key {
  /** As it is stored, never NULL: grouped by and joined faster than as text. */
  readonly key: Prisma.Sql;
  readonly join: Prisma.Sql;
}
/** The key of what belongs to none, as it is stored. */
const NO_ID = '00000000-0000-0000-0000-000000000000';
const idOf = (column: string): Prisma.Sql => Prisma.raw(`COALESCE(${column}, '${NO_ID}')`);
const NO_TYPE = Prisma.raw(`COALESCE(kc.type, '')`);

const NONE = Prisma.empty;
const contractOf = (alias: 's' | 'r') =>
  Prisma.sql`LEFT JOIN contract kc ON kc.id = ${Prisma.raw(alias)}.contract_id`;
const departmentOf = (owner: Prisma.Sql) => Prisma.sql`LEFT JOIN app_user ku ON ku.id = ${owner}`;

/** A key as text, '' for none. */
export const keyText = (key: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`replace(${key}::text, ${Prisma.raw(`'${NO_ID}'`)}, '')`;

/** Whether a row `s` is of the group with this key as text: found in an index. FALSE for what cannot be one. */
export function isOfGroup(by: Group, text: string): Prisma.Sql {
  const { key } = STANDING_KEYS[by];
  if (by === 'type') return Prisma.sql`${key} = ${text}`;
  const id = text === '' ? NO_ID : text;
  return isId(id) ? Prisma.sql`${key} = ${id}::uuid` : Prisma.sql`FALSE`;
}
const isId = (text: string): boolean => z.guid().safeParse(text).success;

/** Of a table expression `s` with contract_id, customer_id and owner_id. */
export const STANDING_KEYS: { readonly [G in Group]: Key } = {
  customer: { key: Prisma.sql`s.customer_id`, join: NONE },
  contract: { key: Prisma.sql`s.contract_id`, join: NONE },
  rep: { key: Prisma.sql`s.owner_id`, join: NONE },
  department: {
    key: idOf('ku.department_id'),
    join: departmentOf(Prisma.sql`s.owner_id`),
  },
  type: { key: NO_TYPE, join: contractOf('s') },
};

/**
 * What rows `s` of a group have in common, in the order in which instalment_standing_idx has what is open: a contract's are of
 * one customer.
 */
export const inOrder = (by: Group): Prisma.Sql =>
  by === 'contract' ? Prisma.sql`s.customer_id, s.contract_id` : STANDING_KEYS[by].key;

/** Of money `r` with customer_id and contract_id: whose customer it is. */
export const MONEY_KEYS: { readonly [G in Group]: Key } = {
  customer: { key: Prisma.sql`r.customer_id`, join: NONE },
  contract: { key: idOf('r.contract_id'), join: NONE },
  rep: { key: Prisma.sql`kk.owner_id`, join: Prisma.sql`JOIN customer kk ON kk.id = r.customer_id` },
  department: {
    key: idOf('ku.department_id'),
    join: Prisma.sql`JOIN customer kk ON kk.id = r.customer_id ${departmentOf(Prisma.sql`kk.owner_id`)}`,
  },
  type: { key: NO_TYPE, join: contractOf('r') },
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
