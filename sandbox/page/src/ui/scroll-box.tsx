// A region that scrolls by itself and can be reached and scrolled with the keyboard.
import type { ReactNode, Ref } from 'react';

interface ScrollBoxProps {
  ref?: Ref<HTMLElement>;
  className: string;
  label: string;
  onScroll?: () => void;
  children: ReactNode;
}

/** A labelled scrolling region. */
export function ScrollBox({ ref, className, label, onScroll, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={ref} className={className} aria-label={label} tabIndex={0} onScroll={onScroll}>
      {children}
    </section>
  );
}
