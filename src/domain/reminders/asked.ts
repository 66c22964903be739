// Whom an escalation case asks to acknowledge it: by a level that it reaches, and by now, when people have left or its row
// has gone to somebody else (rules §8). Pure.
import type { LadderRule, RecipientRole } from './ladder.js';
import { type People, recipientsFor } from './recipients.js';

/** Somebody whom a case asks, and the role for it; `case`: it has asked them before. */
export interface Asked {
  readonly id: string;
  readonly role: RecipientRole | 'case';
}

/**
 * Whom a level asks: the people it adds to the level before it, never the owner; if it adds nobody, everybody it names but
 * the owner.
 */
export function askedBy(
  rule: LadderRule,
  levelBefore: number | null,
  ladder: readonly LadderRule[],
  people: People,
): Asked[] {
  const before = new Set(
    ladder
      .filter((one) => levelBefore !== null && one.level !== null && one.level <= levelBefore)
      .flatMap((one) => one.roles),
  );
  const added = others(
    rule.roles.filter((role) => !before.has(role)),
    people,
  );
  return added.length > 0 ? added : others(rule.roles, people);
}

/**
 * Whom an open case asks by now. Who was asked and still sees the row stays, and in place of somebody who has left those come
 * whom its level asks today. Where the row is another owner's (`before`: the people around the old one) nobody stays:
 * who now holds the roles in which some of the people were asked, or if nobody held one, those of its levels. Where that is
 * nobody, whoever still sees the row; at last the manager: a case that asks nobody is told to nobody.
 */
export function askedNow(
  { asked, level }: { readonly asked: readonly string[]; readonly level: number },
  ladder: readonly LadderRule[],
  people: People,
  before: People | null = null,
): Asked[] {
  const kept = thoseWhoSee(asked, people).map((id): Asked => ({ id, role: 'case' }));
  if (before === null && kept.length === asked.length) return kept;
  const levels = ladder.filter((rule) => rule.level !== null && rule.level >= 1 && rule.level <= level);
  const last = levels.at(-1);
  const now =
    before !== null
      ? others(rolesIn(levels, asked, before), people)
      : [...kept, ...(last ? askedBy(last, level - 1, ladder, people) : [])];
  if (now.length > 0 || asked.length === 0)
    return now.filter(({ id }, index) => now.findIndex((one) => one.id === id) === index);
  return kept.length > 0 ? kept : others(['sales_manager'], people);
}

/** The roles of these levels in which some of `asked` were reached; if there is none, all of them. */
function rolesIn(levels: readonly LadderRule[], asked: readonly string[], people: People): RecipientRole[] {
  const roles = [...new Set(levels.flatMap((rule) => rule.roles))].filter((role) => role !== 'owner');
  const held = roles.filter((role) =>
    recipientsFor([role], people).recipients.some((person) => asked.includes(person.id)),
  );
  return held.length > 0 ? held : roles;
}

/** Who holds these roles, but the owner's; never the owner. */
const others = (roles: readonly RecipientRole[], people: People): Asked[] =>
  recipientsFor(
    roles.filter((role) => role !== 'owner'),
    people,
  ).recipients.flatMap(({ id, role }) => (id === people.owner ? [] : [{ id, role }]));

/** Of these the ones who see the row, but its owner. */
export function thoseWhoSee(ids: readonly string[], people: People): string[] {
  const { managers, directors, finance, financeManagers, admins } = people;
  const sees = new Set([managers, directors, finance, financeManagers, admins].flat());
  return ids.filter((id) => sees.has(id) && id !== people.owner);
}

export const idsOf = (asked: readonly Asked[]): string[] => asked.map(({ id }) => id);
