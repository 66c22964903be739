// Where one writes: Enter sends, Shift+Enter breaks the line, / suggests commands, files can be attached.
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Command } from '../../../server/protocol.js';
import { usePage } from '../store/page-context.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { Spinner } from '../ui/spinner.js';
import { useDrop } from '../ui/use-drop.js';
import { useWords } from '../words/words.js';
import { CommandSuggest, matchCommands } from './command-suggest.js';
import { FileChip } from './file-chip.js';
import { useAttachments } from './use-attachments.js';
import { useDraft } from './use-draft.js';
import { useSending } from './use-sending.js';
import { useShortcut } from './use-shortcut.js';

interface ComposerProps {
  channel: string;
  threadTs?: string | undefined;
  name: string;
}

/** The composer of a channel or thread. */
export function Composer({ channel, threadTs, name }: ComposerProps) {
  const words = useWords();
  const { as, state } = usePage();
  const [text, setText] = useDraft(`${as}/${channel}/${threadTs ?? ''}`);
  const [active, setActive] = useState(0);
  const [closedFor, setClosedFor] = useState<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const attached = useAttachments();
  useDrop(box, (dropped) => void attached.add(dropped));
  const sending = useSending();
  const { shortcuts, run } = useShortcut('global');

  const matches = threadTs || text === closedFor ? [] : matchCommands(state.server.commands, text);
  const activeAt = Math.min(active, matches.length - 1);
  const isReady = (text.trim() !== '' || attached.files.length > 0) && !attached.uploading;
  const label = threadTs ? words.replyLabel : words.composerLabel(name);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
  }, [text]);

  // Whoever opens a channel can write at once; on a touch screen the keyboard would cover what there is to read.
  useEffect(() => {
    const isBusy = document.querySelector('dialog[open]') !== null;
    if (!threadTs && !isBusy && window.matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, [threadTs]);

  const complete = (command: Command) => {
    setText(`${command.command} `);
    setActive(0);
    field.current?.focus();
  };
  const send = async () => {
    if (!isReady) return;
    const out = { channel, threadTs, text, files: attached.files };
    setText('');
    attached.replace([]);
    const sent = await sending.send(out);
    if (sent) return;
    // Nothing typed is lost, unless something new was begun meanwhile.
    if (field.current?.value === '') setText(out.text);
    attached.replace(out.files);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const match = matches[activeAt];
    if (match) {
      const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
      const move = moves[event.key];
      if (move !== undefined) {
        event.preventDefault();
        setActive((activeAt + move + matches.length) % matches.length);
        return;
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        setClosedFor(text);
        return;
      }
      const isWhole = match.command === text;
      if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey && !isWhole)) {
        event.preventDefault();
        complete(match);
        return;
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
  };

  return (
    <div ref={box} className="composer">
      {matches.length > 0 && (
        <CommandSuggest
          id={`${id}-commands`}
          commands={matches}
          activeAt={activeAt}
          onActive={setActive}
          onChoose={complete}
        />
      )}
      {sending.notice && (
        <p
          className={sending.notice.isTrouble ? 'composer-notice alert-error' : 'composer-notice'}
          role={sending.notice.isTrouble ? 'alert' : 'status'}
          data-composer-notice
        >
          {sending.notice.isTrouble ? <Icon name="warn" /> : <Spinner />}
          <span>{sending.notice.text}</span>
          <button type="button" className="chip-remove" aria-label={words.dismiss} onClick={sending.dismiss}>
            <Icon name="close" />
          </button>
        </p>
      )}
      <div className="composer-box">
        <textarea
          ref={field}
          rows={1}
          className="composer-field"
          aria-label={label}
          placeholder={label}
          value={text}
          data-composer={threadTs ? 'thread' : 'channel'}
          aria-autocomplete="list"
          {...(matches.length > 0
            ? { 'aria-controls': `${id}-commands`, 'aria-activedescendant': `${id}-commands-${activeAt}` }
            : {})}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
            setClosedFor(undefined);
          }}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            if (files.length > 0) void attached.add(files);
          }}
          onKeyDown={onKeyDown}
        />
        {(attached.files.length > 0 || attached.uploading) && (
          <ul className="file-list composer-files">
            {attached.files.map((file) => (
              <li key={file.id}>
                <FileChip file={file} onRemove={() => attached.remove(file.id)} />
              </li>
            ))}
            {attached.uploading && (
              <li role="status">
                <Spinner /> {words.uploading}
              </li>
            )}
          </ul>
        )}
        <div className="composer-tools">
          <Menu
            label={words.shortcuts}
            align="start"
            emptyText={words.noShortcuts}
            items={shortcuts.map((shortcut) => ({
              key: shortcut.callback_id,
              label: shortcut.name,
              data: { 'data-shortcut-id': shortcut.callback_id },
              onChoose: () => run(shortcut, {}),
            }))}
          >
            <Icon name="bolt" />
          </Menu>
          <button
            type="button"
            className="icon-button"
            aria-label={words.attach}
            title={words.attach}
            onClick={() => picker.current?.click()}
          >
            <Icon name="clip" />
          </button>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={words.attach}
            data-composer-files
            onChange={(event) => {
              void attached.add([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <button
            type="button"
            className="send-button"
            aria-label={words.send}
            title={words.send}
            aria-disabled={!isReady}
            onClick={() => void send()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
    </div>
  );
}
