// Closes something floating on Escape or a press outside of it.
import { type RefObject, useEffect, useRef } from 'react';

/** While `open`, calls `onDismiss` for a press outside of `inside` and for Escape, giving focus to the first of them. */
export function useDismiss(
  open: boolean,
  inside: readonly RefObject<HTMLElement | null>[],
  onDismiss: () => void,
): void {
  const latest = useRef({ inside, onDismiss });
  latest.current = { inside, onDismiss };
  useEffect(() => {
    if (!open) return;
    const onPress = (event: PointerEvent) => {
      const isInside = latest.current.inside.some((one) => one.current?.contains(event.target as Node));
      if (!isInside) latest.current.onDismiss();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      latest.current.onDismiss();
      latest.current.inside[0]?.current?.focus();
    };
    document.addEventListener('pointerdown', onPress, true);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPress, true);
      document.removeEventListener('keydown', onKey);
    };
  }, [open]);
}
