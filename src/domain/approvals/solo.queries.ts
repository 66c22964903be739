// The company's only finance user, who decides in solo mode what they recorded or gain from (rules §6). Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { companySettings } from '../settings/settings.js';
import { type SubjectType, subjectRow } from './subjects.js';

/** Whom a step that nobody is free for leaves to decide it alone, as a decision would let them; null for nobody. */
export async function findSolo(
  db: Db | Tx,
  type: SubjectType,
  { mode, roles }: { readonly mode: string; readonly roles: readonly string[] },
): Promise<{ readonly id: string; readonly name: string } | null> {
  if (subjectRow(type).place !== 'finance' || mode !== 'any') return null;
  const company = await db.company.findFirst({ select: { settings: true } });
  if (!companySettings.parse(company?.settings ?? {}).soloMode) return null;
  const where = { active: true, roles: { hasSome: ['finance', 'finance_manager'] } };
  const [person, ...others] = await db.user.findMany({ where, take: 2 });
  return person && others.length === 0 && person.roles.some((role) => roles.includes(role)) ? person : null;
}
