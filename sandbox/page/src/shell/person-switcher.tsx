// Who this window is, and how to be somebody else: here, or in a second window.
import { useId, useRef, useState } from 'react';
import type { User } from '../../../server/protocol.js';
import { usePage } from '../store/page-context.js';
import { placeUrl } from '../store/use-place.js';
import { Avatar } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { useDismiss } from '../ui/use-dismiss.js';
import { useFloating } from '../ui/use-floating.js';
import { useWords } from '../words/words.js';

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
        aria-label={words.currentPerson(me.real_name)}
        data-person={me.id}
        {...(open ? { 'aria-controls': id } : {})}
        onClick={() => setOpen(!open)}
      >
        <Avatar user={me} name={me.real_name} />
        <PersonLines user={me} />
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

/** A list of people; each is a link here and a second link to a new window. */
export function PeopleLinks({ users, currentId }: { users: readonly User[]; currentId?: string }) {
  const words = useWords();
  return (
    <ul className="people">
      {users.map((user) => {
        const url = placeUrl({ as: user.id, channel: 'home', thread: undefined });
        return (
          <li key={user.id} className={user.id === currentId ? 'person person-current' : 'person'}>
            <a
              href={url}
              className="person-link"
              aria-label={words.openHere(user.real_name)}
              data-become={user.id}
              {...(user.id === currentId ? { 'aria-current': 'true' as const } : {})}
            >
              <Avatar user={user} name={user.real_name} />
              <PersonLines user={user} />
            </a>
            <a
              href={url}
              target="_blank"
              rel="noopener"
              className="icon-button"
              aria-label={words.openNewWindow(user.real_name)}
              title={words.openNewWindow(user.real_name)}
              data-open-window={user.id}
            >
              <Icon name="window" />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function PersonLines({ user }: { user: User }) {
  const words = useWords();
  const facts = [user.title, user.is_admin ? words.admin : '', user.locale, user.tz]
    .filter(Boolean)
    .join(' · ');
  return (
    <span className="person-lines">
      <span className="person-name" title={user.real_name}>
        {user.real_name}
      </span>
      <small title={facts}>{facts}</small>
    </span>
  );
}
