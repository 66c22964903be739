// Sends what the composer holds: a slash command or a message; whatever fails comes back into the composer.

import { useState } from 'react';
import type { File } from '../../../server/protocol.js';
import { sendCommand, sendMessage } from '../store/api.js';
import { usePage } from '../store/page-context.js';
import { escapeEntities } from '../text/entities.js';
import { describeError } from '../words/explain.js';
import { useWords } from '../words/words.js';

export interface Outgoing {
  channel: string;
  threadTs?: string | undefined;
  text: string;
  files: readonly File[];
}

export interface Sending {
  /** Shown under the field; `isTrouble` when something went wrong. */
  notice: { text: string; isTrouble: boolean } | undefined;
  dismiss: () => void;
  /** False when it was not sent and the text should come back. */
  send: (out: Outgoing) => Promise<boolean>;
}

/** The composer's sender. */
export function useSending(): Sending {
  const words = useWords();
  const { as, state } = usePage();
  const [notice, setNotice] = useState<Sending['notice']>(undefined);
  const trouble = (text: string) => {
    setNotice({ text, isTrouble: true });
    return false;
  };

  const runCommand = async (out: Outgoing, command: string) => {
    const text = out.text.slice(command.length).trim();
    const slow = setTimeout(() => setNotice({ text: words.commandWorking(command), isTrouble: false }), 400);
    try {
      const answer = await sendCommand({ as, channel: out.channel, command, text });
      if (answer.status === 'timeout') return trouble(words.commandTimeout(command));
      // The server's message names the command itself.
      if (answer.status === 'error') return trouble(answer.message ?? words.commandFailed(command, ''));
      setNotice(undefined);
      return true;
    } finally {
      clearTimeout(slow);
    }
  };

  const send = async (out: Outgoing) => {
    setNotice(undefined);
    const command = /^\/\S+/.exec(out.text)?.[0];
    try {
      if (command && out.files.length === 0) {
        const known = state.server.commands.some((one) => one.command === command);
        return known ? await runCommand(out, command) : trouble(words.unknownCommand(command));
      }
      await sendMessage({
        as,
        channel: out.channel,
        text: escapeEntities(out.text.trim()),
        ...(out.threadTs ? { thread_ts: out.threadTs } : {}),
        ...(out.files.length > 0 ? { file_ids: out.files.map((file) => file.id) } : {}),
      });
      return true;
    } catch (error) {
      return trouble(words.sendFailed(describeError(error, words)));
    }
  };
  return { notice, dismiss: () => setNotice(undefined), send };
}
