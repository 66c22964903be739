// Who a step reaches: roles turned into people, with the fallbacks of rules §8, so that nothing is said to nobody. Pure.
import type { RecipientRole } from './ladder.js';

/** The people around an instalment, by id, only active ones who see it; `managers` are those above the owner, nearest first. */
export type People = {
  readonly owner: string | null;
  readonly financeOwner: string | null;
  readonly managers: readonly string[];
  readonly directors: readonly string[];
  readonly finance: readonly string[];
  readonly financeManagers: readonly string[];
  readonly admins: readonly string[];
  /** Whether the finance channel is set and the bot can post there. */
  readonly hasFinanceChannel: boolean;
};

/** A person and the role they are reached in; `standsIn`: the role's own holder is missing, say so and offer a remedy. */
export type Recipient = { readonly id: string; readonly role: RecipientRole; readonly standsIn: boolean };

/**
 * Each person once, in the first of their roles; the finance channel where it takes the finance owner's place; roles
 * that reached nobody.
 */
export type Recipients = { recipients: Recipient[]; toFinanceChannel: boolean; unreached: RecipientRole[] };

/**
 * Turns the roles of a step into people (rules §8). Missing owner: the nearest manager. Missing manager: a director up
 * the tree, else all sales directors. Missing finance owner: the finance channel if the step tells others too, else every finance person. In the
 * end the admins. The owner is never their own manager or director: escalation must reach somebody else.
 */
export function recipientsFor(roles: readonly RecipientRole[], people: People): Recipients {
  const found = new Map<string, Recipient>();
  const unreached: RecipientRole[] = [];
  let toFinanceChannel = false;
  for (const role of roles) {
    if (role === 'finance_owner' && people.financeOwner === null && people.hasFinanceChannel) {
      toFinanceChannel = true;
      continue;
    }
    const choices = choicesFor(role, people);
    const rank = choices.findIndex((ids) => ids.length > 0);
    for (const id of choices[rank] ?? []) {
      if (!found.has(id)) found.set(id, { id, role, standsIn: rank > 0 });
    }
    if (rank < 0) unreached.push(role);
  }
  // The channel has one line a day and nobody's name: what it alone would be told goes to people.
  if (toFinanceChannel && found.size === 0)
    return recipientsFor(roles, { ...people, hasFinanceChannel: false });
  return { recipients: [...found.values()], toFinanceChannel, unreached };
}

/** Whether nobody holds the role, nor anybody before the admins in its place: what it is told reaches them, or nobody. */
export function isUnheld(role: RecipientRole, people: People): boolean {
  if (role === 'finance_owner' && people.hasFinanceChannel) return false;
  return choicesFor(role, { ...people, admins: [] }).every((ids) => ids.length === 0);
}

/** Groups of people in order of preference: the first that is not empty is reached. */
function choicesFor(role: RecipientRole, people: People): (readonly string[])[] {
  const others = (ids: readonly string[]) => ids.filter((id) => id !== people.owner);
  const managers = others(people.managers);
  const directors = others(people.directors);
  const directorsAbove = managers.filter((id) => directors.includes(id));
  switch (role) {
    case 'owner':
      return [listOf(people.owner), managers.slice(0, 1), directors, people.admins];
    case 'finance_owner':
      return [listOf(people.financeOwner), people.finance, people.admins];
    case 'sales_manager':
      return [managers.slice(0, 1), directors, people.admins];
    case 'sales_director':
      // Any sales director holds the role; one above the owner is only the nearest of them.
      return [directorsAbove.length > 0 ? directorsAbove.slice(0, 1) : directors, people.admins];
    case 'finance_manager':
      return [people.financeManagers, people.admins];
  }
}

function listOf(id: string | null): string[] {
  return id === null ? [] : [id];
}
