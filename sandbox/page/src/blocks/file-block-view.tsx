// The file block names a remote file by its external id; the sandbox holds none, so only the id is shown.
import { Icon } from '../ui/icon.js';

/** A remote file's box. */
export function FileBlockView({ externalId }: { externalId: string }) {
  return (
    <span className="file-chip">
      <Icon name="file" /> <span className="file-name">{externalId}</span>
    </span>
  );
}
