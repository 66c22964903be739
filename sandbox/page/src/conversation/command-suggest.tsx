// The list of slash commands above the composer while one is being typed.
import { useEffect, useRef } from 'react';
import type { Command } from '../../../server/protocol.js';
import { useWords } from '../words/words.js';

/** Commands that begin with what is typed; a finished command with a space after it suggests nothing. */
export function matchCommands(commands: readonly Command[], text: string): Command[] {
  if (!/^\/\S*$/.test(text)) return [];
  const typed = text.toLowerCase();
  return commands.filter((one) => one.command.toLowerCase().startsWith(typed));
}

interface SuggestProps {
  id: string;
  commands: readonly Command[];
  activeAt: number;
  onActive: (at: number) => void;
  onChoose: (command: Command) => void;
}

/** The keyboard stays in the text field; entries answer the pointer. */
export function CommandSuggest({ id, commands, activeAt, onActive, onChoose }: SuggestProps) {
  const words = useWords();
  const active = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll when another entry becomes active
  useEffect(() => {
    active.current?.scrollIntoView({ block: 'nearest' });
  }, [activeAt]);
  return (
    <div
      id={id}
      className="suggest"
      role="listbox"
      aria-label={words.commandList}
      onPointerDown={(event) => event.preventDefault()}
    >
      {commands.map((command, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant moves instead of focus
        // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles the keyboard
        <div
          key={command.command}
          id={`${id}-${index}`}
          ref={index === activeAt ? active : null}
          role="option"
          aria-selected={index === activeAt}
          className={index === activeAt ? 'option option-active' : 'option'}
          data-command={command.command}
          onPointerMove={() => onActive(index)}
          onClick={() => onChoose(command)}
        >
          <span className="option-text">
            <span>
              <strong>{command.command}</strong> <span className="usage">{command.usage_hint}</span>
            </span>
            <small>{command.description}</small>
          </span>
        </div>
      ))}
    </div>
  );
}
