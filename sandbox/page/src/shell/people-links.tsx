// A list of people to become, here or in a new window.
import type { User } from '../../../server/protocol.js';
import { placeUrl } from '../store/use-place.js';
import { Avatar } from '../ui/avatar.js';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';

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
              title={words.openHere(user.real_name)}
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

/** Name, and what else is known of the person. */
export function PersonLines({ user }: { user: User }) {
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
