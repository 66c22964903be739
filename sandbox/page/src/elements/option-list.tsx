// The open list of a combobox: groups, the active and the selected entry, and why it may be empty.

import { type Ref, useEffect, useRef } from 'react';
import { replaceEmoji } from '../text/entities.js';
import { numbered } from '../text/numbered.js';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';
import type { ComboOption, LoadedOptions } from './option-source.js';

interface OptionListProps {
  ref: Ref<HTMLDivElement>;
  id: string;
  label: string;
  loaded: LoadedOptions;
  activeAt: number;
  multiple: boolean;
  minQuery: number;
  note: string | undefined;
  isSelected: (key: string) => boolean;
  onActive: (at: number) => void;
  onChoose: (option: ComboOption) => void;
}

/** The floating list; the pointer never takes the focus away from the field. */
export function OptionList(props: OptionListProps) {
  const words = useWords();
  const active = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.activeAt >= 0) active.current?.scrollIntoView({ block: 'nearest' });
  }, [props.activeAt]);

  const { groups, state } = props.loaded;
  const isEmpty = groups.every((group) => group.options.length === 0);
  const reasons = {
    ready: isEmpty ? words.noOptions : undefined,
    loading: words.searching,
    failed: words.optionsFailed,
    short: words.typeMore(props.minQuery),
  } as const;
  const reason = props.note ?? reasons[state];
  let at = -1;
  return (
    <div
      ref={props.ref}
      className="floating option-popup"
      popover="manual"
      onPointerDown={(event) => event.preventDefault()}
    >
      {reason && (
        <p className="menu-empty" role="status">
          {reason}
        </p>
      )}
      <div id={props.id} role="listbox" aria-label={props.label} aria-multiselectable={props.multiple}>
        {state !== 'short' &&
          state !== 'failed' &&
          numbered(groups).map(({ key, item: group }) => (
            <div
              key={key}
              {...(group.label ? { role: 'group', 'aria-label': group.label } : { role: 'presentation' })}
            >
              {group.label && (
                <div className="option-group" aria-hidden="true">
                  {group.label}
                </div>
              )}
              {group.options.map((option) => {
                at += 1;
                const index = at;
                const isActive = index === props.activeAt;
                return (
                  // The combobox handles the keys; entries only answer the pointer.
                  // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant moves instead of focus
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox input handles the keyboard
                  <div
                    key={option.key}
                    id={`${props.id}-${index}`}
                    ref={isActive ? active : null}
                    role="option"
                    aria-selected={props.isSelected(option.key)}
                    className={isActive ? 'option option-active' : 'option'}
                    data-option-value={option.key}
                    title={option.label}
                    onPointerMove={() => props.onActive(index)}
                    onClick={() => props.onChoose(option)}
                  >
                    <span className="option-text">
                      {replaceEmoji(option.label)}
                      {option.description && <small>{option.description}</small>}
                    </span>
                    {props.isSelected(option.key) && <Icon name="check" />}
                  </div>
                );
              })}
            </div>
          ))}
      </div>
    </div>
  );
}
