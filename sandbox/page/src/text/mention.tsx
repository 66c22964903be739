// @people and #channels inside text, by name; your own name stands out.
import { useDirectory } from '../store/page-context.js';

/** A mentioned person. */
export function UserMention({ id, label }: { id: string; label?: string | undefined }) {
  const { users, as } = useDirectory();
  const user = users.get(id);
  return (
    <span className={id === as ? 'mention mention-me' : 'mention'} data-user-id={id}>
      @{user?.real_name ?? label ?? id}
    </span>
  );
}

/** A mentioned channel. */
export function ChannelMention({ id, label }: { id: string; label?: string | undefined }) {
  const { known } = useDirectory();
  return (
    <span className="mention" data-channel-id={id}>
      #{known.get(id)?.name ?? label ?? id}
    </span>
  );
}
