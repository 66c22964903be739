// Files dropped on a part of the page; the same files can always be chosen with a button instead.
import { type RefObject, useEffect, useRef } from 'react';

/** Calls `onFiles` for files dropped on the element. */
export function useDrop(
  target: RefObject<HTMLElement | null>,
  onFiles: (files: readonly File[]) => void,
): void {
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const box = target.current;
    if (!box) return;
    const onOver = (event: DragEvent) => event.preventDefault();
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    box.addEventListener('dragover', onOver);
    box.addEventListener('drop', onDrop);
    return () => {
      box.removeEventListener('dragover', onOver);
      box.removeEventListener('drop', onDrop);
    };
  }, [target]);
}
