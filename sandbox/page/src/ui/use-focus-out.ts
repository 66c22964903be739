// Notices when the keyboard leaves a group of controls altogether, not when it moves inside it.
import { type RefObject, useEffect, useRef } from 'react';

/** Calls `onOut` when focus leaves the element and everything in it. */
export function useFocusOut(group: RefObject<HTMLElement | null>, onOut: () => void): void {
  const latest = useRef(onOut);
  latest.current = onOut;
  useEffect(() => {
    const box = group.current;
    if (!box) return;
    const onFocusOut = (event: FocusEvent) => {
      const to = event.relatedTarget;
      if (!(to instanceof Node && box.contains(to))) latest.current();
    };
    box.addEventListener('focusout', onFocusOut);
    return () => box.removeEventListener('focusout', onFocusOut);
  }, [group]);
}
