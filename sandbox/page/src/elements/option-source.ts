// Where a select's options come from: fixed lists, the app, people or channels. Groups stay groups.
import { useEffect, useRef, useState } from 'react';
import type { OptionObject } from '../../../server/protocol.js';
import { countCharacters } from '../text/numbered.js';

/** One entry of a combobox; `option` is what Slack's payload carries, `key` identifies it. */
export interface ComboOption {
  key: string;
  label: string;
  description?: string;
  option?: OptionObject;
}

export interface ComboGroup {
  label?: string;
  options: readonly ComboOption[];
}

export type OptionSource =
  | { kind: 'fixed'; groups: readonly ComboGroup[] }
  | { kind: 'remote'; minQuery: number; load: (query: string) => Promise<readonly ComboGroup[]> };

export interface LoadedOptions {
  groups: readonly ComboGroup[];
  state: 'ready' | 'loading' | 'failed' | 'short';
}

const TYPING_PAUSE_MS = 200;

/** A Slack option as a combobox entry. */
export function toComboOption(option: OptionObject): ComboOption {
  return {
    key: option.value ?? option.text.text,
    label: option.text.text,
    option,
    ...(option.description ? { description: option.description.text } : {}),
  };
}

function filterGroups(groups: readonly ComboGroup[], query: string): ComboGroup[] {
  const wanted = query.trim().toLocaleLowerCase();
  return groups
    .map((group) => ({
      ...group,
      options: group.options.filter((option) =>
        `${option.label} ${option.description ?? ''}`.toLocaleLowerCase().includes(wanted),
      ),
    }))
    .filter((group) => group.options.length > 0);
}

/** The options for what is typed, while the list is open; an older answer never replaces a newer one. */
export function useOptions(source: OptionSource, query: string, open: boolean): LoadedOptions {
  const [loaded, setLoaded] = useState<LoadedOptions>({ groups: [], state: 'loading' });
  const current = useRef(source);
  current.current = source;
  const minQuery = source.kind === 'remote' ? source.minQuery : undefined;
  const isShort = minQuery !== undefined && countCharacters(query) < minQuery;

  useEffect(() => {
    if (!open || minQuery === undefined || isShort) return;
    let stale = false;
    setLoaded((known) => ({ groups: known.groups, state: 'loading' }));
    const timer = setTimeout(
      () => {
        const remote = current.current;
        if (remote.kind !== 'remote') return;
        remote.load(query).then(
          (groups) => {
            if (!stale) setLoaded({ groups, state: 'ready' });
          },
          () => {
            if (!stale) setLoaded({ groups: [], state: 'failed' });
          },
        );
      },
      query === '' ? 0 : TYPING_PAUSE_MS,
    );
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [open, minQuery, isShort, query]);

  if (source.kind === 'fixed') return { groups: filterGroups(source.groups, query), state: 'ready' };
  return isShort ? { groups: [], state: 'short' } : loaded;
}
