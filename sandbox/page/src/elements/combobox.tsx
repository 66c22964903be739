// A searchable select after the ARIA combobox pattern: type to filter, arrows to move, Enter to choose.
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { Icon } from '../ui/icon.js';
import { Spinner } from '../ui/spinner.js';
import { useFloating } from '../ui/use-floating.js';
import { useFocusOut } from '../ui/use-focus-out.js';
import { useWords } from '../words/words.js';
import { OptionList } from './option-list.js';
import { type ComboOption, type OptionSource, useOptions } from './option-source.js';

interface ComboboxProps {
  attributes: { id: string; 'data-action-id': string } & Record<string, unknown>;
  source: OptionSource;
  selected: readonly ComboOption[];
  multiple: boolean;
  maxItems?: number | undefined;
  placeholder: string;
  clearable: boolean;
  pending: boolean;
  required: boolean;
  onChange: (selected: readonly ComboOption[]) => void;
}

/** A single or multiple select. */
export function Combobox(props: ComboboxProps) {
  const { multiple, selected, onChange } = props;
  const words = useWords();
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const loaded = useOptions(props.source, query, open);
  useFloating(box, popup, open, { matchWidth: true });

  const flat = loaded.groups.flatMap((group) => group.options);
  const full = multiple && props.maxItems !== undefined && selected.length >= props.maxItems;
  const activeAt = Math.min(active, flat.length - 1);
  const single = multiple ? undefined : selected[0];

  const show = () => {
    if (open) return;
    const at = flat.findIndex((option) => option.key === single?.key);
    setActive(Math.max(0, at));
    setOpen(true);
  };
  const hide = () => {
    setOpen(false);
    setQuery('');
  };
  useFocusOut(box, hide);
  const choose = (option: ComboOption) => {
    if (!multiple) {
      hide();
      if (option.key !== single?.key) onChange([option]);
      return;
    }
    const has = selected.some((one) => one.key === option.key);
    if (!has && full) return;
    setQuery('');
    onChange(has ? selected.filter((one) => one.key !== option.key) : [...selected, option]);
  };
  const remove = (key: string) => onChange(selected.filter((one) => one.key !== key));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const last = multiple && query === '' ? selected.at(-1) : undefined;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        event.preventDefault();
        if (!open) return show();
        const step = event.key === 'ArrowDown' ? 1 : -1;
        return setActive((activeAt + step + Math.max(1, flat.length)) % Math.max(1, flat.length));
      }
      case 'Enter': {
        const option = flat[activeAt];
        event.preventDefault();
        if (!open) return show();
        return option && loaded.state === 'ready' ? choose(option) : undefined;
      }
      case 'Escape':
        if (!open) return;
        event.preventDefault();
        event.stopPropagation();
        return hide();
      case 'Backspace':
        return last ? remove(last.key) : undefined;
      default:
        return;
    }
  };

  return (
    <div ref={box} className={`combobox field${open ? ' combobox-open' : ''}`} aria-busy={props.pending}>
      {multiple &&
        selected.map((option) => (
          <span key={option.key} className="chip" title={option.label}>
            <span className="chip-text">{option.label}</span>
            <button
              type="button"
              className="chip-remove"
              aria-label={words.remove(option.label)}
              onClick={() => remove(option.key)}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
      <input
        {...props.attributes}
        ref={input}
        type="text"
        role="combobox"
        className="combobox-input"
        autoComplete="off"
        aria-expanded={open}
        aria-autocomplete="list"
        aria-required={props.required}
        {...(open ? { 'aria-controls': listId } : {})}
        {...(open && flat[activeAt] ? { 'aria-activedescendant': `${listId}-${activeAt}` } : {})}
        value={open || multiple ? query : (single?.label ?? '')}
        title={single?.label}
        placeholder={single?.label ?? (selected.length > 0 ? '' : props.placeholder)}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onClick={show}
        onKeyDown={onKeyDown}
      />
      {props.pending ? (
        <Spinner />
      ) : (
        single &&
        props.clearable && (
          <button type="button" className="chip-remove" aria-label={words.clear} onClick={() => onChange([])}>
            <Icon name="close" />
          </button>
        )
      )}
      <button
        type="button"
        className="combobox-arrow"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => {
          if (open) return hide();
          show();
          input.current?.focus();
        }}
      >
        <Icon name="down" />
      </button>
      {open && (
        <OptionList
          ref={popup}
          id={listId}
          label={props.placeholder}
          loaded={loaded}
          activeAt={activeAt}
          multiple={multiple}
          minQuery={props.source.kind === 'remote' ? props.source.minQuery : 0}
          note={full ? words.maxItems(props.maxItems ?? 0) : undefined}
          isSelected={(key) => selected.some((one) => one.key === key)}
          onActive={setActive}
          onChoose={choose}
        />
      )}
    </div>
  );
}
