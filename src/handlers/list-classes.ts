// What customers and contracts are sorted into: the company's lists, to narrow a list by and to say what it was narrowed to.
import type { Ctx } from '../ctx.js';
import { type FilterNames, findFilterNames } from '../domain/lists/filter-names.queries.js';
import type { ListFilter, ListKind } from '../domain/lists/list-filter.js';
import { type DictionaryEntry, dictionaryName } from '../domain/settings/settings.js';
import type { Translate } from './i18n/index.js';
import type { ListClass } from './views/list-search-views.js';
import { asAny } from './views/list-views.js';

type Room = { readonly ctx: Ctx; readonly t: Translate };

/** The classes of a list, none for lists of money. A key that is no entry any more is not offered. */
export function classesOf({ ctx, t }: Room, kind: ListKind): ListClass[] {
  const { customerTypes, industries, contractTypes } = ctx.company.settings;
  const names = (entries: readonly DictionaryEntry[]) =>
    entries.map(({ key }) => ({ key, name: dictionaryName(entries, key, ctx.actor.locale) }));
  if (kind === 'customer')
    return [
      { field: 'type', label: t('exports:column.customer_type'), entries: names(customerTypes) },
      { field: 'industry', label: t('exports:column.industry'), entries: names(industries) },
    ];
  if (kind === 'contract')
    return [{ field: 'type', label: t('exports:column.contract_type'), entries: names(contractTypes) }];
  return [];
}

/** Whom and what a filter names, in words. */
export async function filterNamesOf<K extends ListKind>(
  room: Room,
  kind: K,
  filter: ListFilter<K>,
): Promise<FilterNames> {
  const chosen = asAny(filter);
  const classes = classesOf(room, kind).flatMap(({ field, entries }) => {
    const key = chosen[field];
    return key === undefined ? [] : [entries.find((entry) => entry.key === key)?.name ?? key];
  });
  return { ...(await findFilterNames(room.ctx, chosen)), classes };
}
