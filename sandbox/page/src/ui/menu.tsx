// A button that opens a menu: arrow keys move, Enter chooses, Escape and a click elsewhere close.
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useFloating } from './use-floating.js';

export interface MenuItem {
  key: string;
  label: string;
  hint?: string;
  data?: Readonly<Record<`data-${string}`, string>>;
  onChoose: () => void;
}

interface MenuProps {
  label: string;
  className?: string;
  items: readonly MenuItem[];
  /** Shown instead of items when there are none. */
  emptyText?: string;
  align?: 'start' | 'end';
  disabled?: boolean;
  buttonData?: Readonly<Record<`data-${string}`, string>>;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** The trigger (its content is `children`) and its menu. */
export function Menu(props: MenuProps) {
  const { label, items, align = 'end' } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useFloating(button, list, open, { align });

  // Not the attribute `disabled`: it would take the keyboard away from the button that was just used.
  const toggle = (next: boolean, refocus = false) => {
    if (next && props.disabled) return;
    setOpen(next);
    props.onOpenChange?.(next);
    if (!next && refocus) button.current?.focus();
  };
  const close = useRef(toggle);
  close.current = toggle;

  useEffect(() => {
    if (!open) return;
    list.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const onPress = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!list.current?.contains(target) && !button.current?.contains(target)) close.current(false);
    };
    document.addEventListener('pointerdown', onPress, true);
    return () => document.removeEventListener('pointerdown', onPress, true);
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      event.stopPropagation();
      toggle(false, event.key === 'Escape');
      return;
    }
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };

  return (
    <span className="menu">
      <button
        ref={button}
        type="button"
        className={props.className ?? 'icon-button'}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-disabled={props.disabled ?? false}
        {...(open ? { 'aria-controls': id } : {})}
        {...props.buttonData}
        onClick={() => toggle(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          toggle(true);
        }}
      >
        {props.children}
      </button>
      {open && (
        <div
          ref={list}
          id={id}
          className="floating menu-list"
          popover="manual"
          role="menu"
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          {items.map((item) => (
            <button
              key={item.key}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="menu-item"
              {...item.data}
              onClick={() => {
                toggle(false, true);
                item.onChoose();
              }}
            >
              <span>{item.label}</span>
              {item.hint && <small>{item.hint}</small>}
            </button>
          ))}
          {items.length === 0 && <p className="menu-empty">{props.emptyText}</p>}
        </div>
      )}
    </span>
  );
}
