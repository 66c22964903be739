// Runs the app's shortcuts and tells the person when the app was too slow.
import { use } from 'react';
import type { Shortcut } from '../../../server/protocol.js';
import { sendShortcut } from '../store/api.js';
import { ShortcutsContext, useDirectory, useNotice } from '../store/page-context.js';
import { describeError, explain } from '../words/explain.js';
import { useWords } from '../words/words.js';

/** The app's shortcuts of one type and a function that runs one. */
export function useShortcut(type: Shortcut['type']) {
  const words = useWords();
  const { as } = useDirectory();
  const notify = useNotice();
  const all = use(ShortcutsContext);
  const run = (shortcut: Shortcut, place: { channel?: string; message_ts?: string }) => {
    sendShortcut({ as, callback_id: shortcut.callback_id, ...place }).then(
      (answer) => {
        if (answer.status === 'timeout') notify('error', `${shortcut.name}: ${words.timeout}`);
        if (answer.status === 'error')
          notify('error', words.commandFailed(shortcut.name, explain(answer.message ?? '', words)));
      },
      (error: unknown) => notify('error', words.commandFailed(shortcut.name, describeError(error, words))),
    );
  };
  return { shortcuts: all.filter((shortcut) => shortcut.type === type), run };
}
