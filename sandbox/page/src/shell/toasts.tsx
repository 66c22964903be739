// Short notices that go by themselves; inside the dialog on top, because nothing outside of it can be read or closed.
import { useEffect, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { usePage } from '../store/page-context.js';
import type { Toast } from '../store/state.js';
import { Icon } from '../ui/icon.js';
import { useTopDialog } from '../ui/top-dialog.js';
import { useWords } from '../words/words.js';

const SHOWN_MS = { info: 5_000, error: 10_000 } as const;

/** All current toasts. */
export function Toasts() {
  const { state, change } = usePage();
  const box = useRef<HTMLDivElement>(null);
  const dialog = useTopDialog();
  const count = state.toasts.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another dialog makes another box, which is not shown yet
  useLayoutEffect(() => {
    const layer = box.current;
    if (!layer) return;
    // In the top layer, so that no edge of the dialog cuts it off.
    if (layer.matches(':popover-open')) layer.hidePopover();
    if (count > 0) layer.showPopover();
  }, [count, dialog]);
  return createPortal(
    <div ref={box} className="toasts" popover="manual" aria-live="polite">
      {state.toasts.map((toast) => (
        <ToastView
          key={toast.id}
          toast={toast}
          onClose={() => change({ type: 'toast_closed', id: toast.id })}
        />
      ))}
    </div>,
    dialog ?? document.body,
  );
}

function ToastView({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const words = useWords();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const timer = setTimeout(() => close.current(), SHOWN_MS[toast.level]);
    return () => clearTimeout(timer);
  }, [toast.level]);
  return (
    <p className={`toast toast-${toast.level}`} role={toast.level === 'error' ? 'alert' : 'status'}>
      <Icon name={toast.level === 'error' ? 'warn' : 'info'} />
      <span>{toast.text}</span>
      <button type="button" className="chip-remove" aria-label={words.dismiss} onClick={onClose}>
        <Icon name="close" />
      </button>
    </p>
  );
}
