// A modal box on the browser's own <dialog>: focus stays inside, the rest of the page is inert.
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { putOnTop } from './top-dialog.js';

/** Where one writes in the place shown, or what scrolls there (Home). */
const PLACE = 'main [data-composer], main [tabindex="0"]';

interface DialogProps {
  labelledBy: string;
  className?: string;
  /** Kept mounted but out of sight and reach (a lower view of a stack). */
  covered?: boolean;
  role?: 'dialog' | 'alertdialog';
  busy?: boolean;
  data?: Readonly<Record<`data-${string}`, string>>;
  onEscape: () => void;
  children: ReactNode;
}

/** Shows its children as a modal dialog while mounted and not covered; gives focus back when it goes. */
export function Dialog(props: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const covered = props.covered ?? false;

  useEffect(() => {
    const dialog = box.current;
    if (!dialog || covered) return;
    const before = document.activeElement;
    dialog.showModal();
    const takeOff = putOnTop(dialog);
    return () => {
      takeOff();
      dialog.close();
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
      // What opened it was redrawn meanwhile: the keyboard goes on where one writes, not at the top of the page.
      else document.querySelector<HTMLElement>(PLACE)?.focus();
    };
  }, [covered]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return;
    // The browser would close the box at once; whether it goes is decided by the server.
    event.preventDefault();
    event.stopPropagation();
    props.onEscape();
  };

  return (
    <dialog
      ref={box}
      className={props.className}
      aria-labelledby={props.labelledBy}
      aria-busy={props.busy ?? false}
      {...(props.role ? { role: props.role } : {})}
      {...props.data}
      onKeyDown={onKeyDown}
      onCancel={(event) => event.preventDefault()}
    >
      {props.children}
    </dialog>
  );
}
