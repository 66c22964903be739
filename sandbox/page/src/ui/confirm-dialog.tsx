// Slack's confirmation object as an alert dialog.
import type { ConfirmationDialog } from '@slack/types';
import { useId } from 'react';
import { TextView, textOf } from '../text/text-object.js';
import { useWords } from '../words/words.js';
import { Dialog } from './dialog.js';

interface ConfirmProps {
  confirm: ConfirmationDialog;
  onYes: () => void;
  onNo: () => void;
}

/** Asks before an action is sent; Escape and the deny button both mean no. */
export function ConfirmDialog({ confirm, onYes, onNo }: ConfirmProps) {
  const words = useWords();
  const id = useId();
  return (
    <Dialog className="dialog confirm-dialog" role="alertdialog" labelledBy={`${id}-title`} onEscape={onNo}>
      <h2 id={`${id}-title`} className="dialog-title">
        {textOf(confirm.title) || words.confirmTitle}
      </h2>
      <div className="confirm-text">
        <TextView text={confirm.text} />
      </div>
      <div className="dialog-footer">
        <button type="button" className="button" onClick={onNo}>
          {textOf(confirm.deny) || words.confirmNo}
        </button>
        <button
          type="button"
          className={`button ${confirm.style === 'danger' ? 'button-danger-solid' : 'button-primary'}`}
          onClick={onYes}
        >
          {textOf(confirm.confirm) || words.confirmYes}
        </button>
      </div>
    </Dialog>
  );
}
