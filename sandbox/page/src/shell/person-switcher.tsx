// Who this window is, and how to be somebody else: here, or in a second window.
import { useId, useRef, useState } from 'react';
import { usePage } from '../store/page-context.js';
import { Avatar } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { useDismiss } from '../ui/use-dismiss.js';
import { useFloating } from '../ui/use-floating.js';
import { useWords } from '../words/words.js';
import { PeopleLinks, PersonLines } from './people-links.js';

/** The current person as a button that opens the list of people. */
export function PersonSwitcher() {
  const words = useWords();
  const { state } = usePage();
  const { me, users } = state.server;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useFloating(button, list, open);
  useDismiss(open, [button, list], () => setOpen(false));
  return (
    <div className="person-switcher">
      <button
        ref={button}
        type="button"
        className="person-button"
        aria-expanded={open}
        data-person={me.id}
        {...(open ? { 'aria-controls': id } : {})}
        onClick={() => setOpen(!open)}
      >
        <Avatar user={me} name={me.real_name} />
        <PersonLines user={me} />
        <span className="hidden-text">{words.switchPerson}</span>
        <Icon name="down" />
      </button>
      {open && (
        <div ref={list} id={id} className="floating person-list" popover="manual">
          <p className="menu-empty">{words.choosePersonHint}</p>
          <PeopleLinks users={users.filter((user) => !user.is_bot)} currentId={me.id} />
        </div>
      )}
    </div>
  );
}
