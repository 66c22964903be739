// Where the keyboard is in a modal: the first field when it opens, the first error when it is sent back, and where it was
// when the view above it goes.
import { useCallback, useEffect, useRef } from 'react';
import type { View } from '../../../server/protocol.js';

const FIELDS = 'input:not([type=hidden]):not(:disabled), textarea, [role=combobox]';

/** `body` goes on the scrolling part of the form. */
export function useModalFocus(view: View, covered: boolean) {
  const body = useRef<HTMLElement>(null);
  const wasFocused = useRef(false);
  const wasCovered = useRef(false);
  const last = useRef<HTMLElement | null>(null);

  useEffect(() => {
    const box = body.current;
    const onFocus = (event: FocusEvent) => {
      last.current = event.target instanceof HTMLElement ? event.target : null;
    };
    box?.addEventListener('focusin', onFocus);
    return () => box?.removeEventListener('focusin', onFocus);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs again when the app replaced the view
  useEffect(() => {
    const box = body.current;
    const returns = wasCovered.current && !covered;
    wasCovered.current = covered;
    if (!box || covered) return;
    // Back from the view above: to the button that opened it.
    if (returns && last.current?.isConnected) {
      last.current.focus();
      return;
    }
    const dialog = box.closest('dialog');
    const active = document.activeElement;
    // The element that had the focus may have gone with an update: the keyboard must not fall out of the dialog.
    const isLost = !active || !dialog?.contains(active);
    const first =
      box.querySelector<HTMLElement>('[data-focus-on-load]') ?? box.querySelector<HTMLElement>(FIELDS);
    if (!wasFocused.current && first) {
      wasFocused.current = true;
      const isIdle = isLost || !active.matches(FIELDS);
      if (isIdle) first.focus();
    } else if (isLost || active === dialog) {
      dialog?.querySelector<HTMLElement>('h2')?.focus();
    }
  }, [covered, view.hash]);

  const focusFirstError = useCallback(() => {
    // After React has drawn the errors.
    requestAnimationFrame(() => {
      const invalid = body.current?.querySelector<HTMLElement>('.input-invalid');
      const control = invalid?.querySelector<HTMLElement>(`${FIELDS}, .choices`);
      control?.focus();
      invalid?.scrollIntoView({ block: 'nearest' });
    });
  }, []);
  return { body, focusFirstError };
}
