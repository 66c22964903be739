// Places a popover beside its anchor in the top layer, so that no scrolling box or dialog cuts it off.
import { type RefObject, useLayoutEffect } from 'react';

const GAP = 4;

interface Options {
  /** The floating box is at least as wide as its anchor. */
  matchWidth?: boolean;
  /** Which edge of the anchor it lines up with. */
  align?: 'start' | 'end';
}

/** While `open`, keeps the popover at the anchor, below it or above where there is more room. */
export function useFloating(
  anchor: RefObject<HTMLElement | null>,
  floating: RefObject<HTMLElement | null>,
  open: boolean,
  { matchWidth = false, align = 'start' }: Options = {},
): void {
  useLayoutEffect(() => {
    const at = anchor.current;
    const box = floating.current;
    if (!open || !at || !box) return;
    const place = () => {
      const rect = at.getBoundingClientRect();
      const below = window.innerHeight - rect.bottom - GAP * 2;
      const above = rect.top - GAP * 2;
      const up = below < Math.min(box.scrollHeight, 240) && above > below;
      if (matchWidth) box.style.minWidth = `${rect.width}px`;
      box.style.maxHeight = `${Math.max(120, Math.min(360, up ? above : below))}px`;
      const left = align === 'end' ? rect.right - box.offsetWidth : rect.left;
      box.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - box.offsetWidth - GAP))}px`;
      box.style.top = up ? 'auto' : `${rect.bottom + GAP}px`;
      box.style.bottom = up ? `${window.innerHeight - rect.top + GAP}px` : 'auto';
    };
    if (!box.matches(':popover-open')) box.showPopover();
    place();
    const resized = new ResizeObserver(place);
    resized.observe(box);
    resized.observe(at);
    window.addEventListener('scroll', place, true);
    window.addEventListener('resize', place);
    return () => {
      resized.disconnect();
      window.removeEventListener('scroll', place, true);
      window.removeEventListener('resize', place);
      if (box.isConnected && box.matches(':popover-open')) box.hidePopover();
    };
  }, [anchor, floating, open, matchWidth, align]);
}
