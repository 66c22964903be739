// One file as a named box: icon, name, kind and size; a link when it can be opened, a button to take it away.
import type { File } from '../../../server/protocol.js';
import { fileUrl } from '../store/api.js';
import { useDirectory } from '../store/page-context.js';
import { Icon } from '../ui/icon.js';
import { useWords } from '../words/words.js';

/** Size with a unit people read: B, KB, MB. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** A file; with `onRemove` it also shows a button that removes it from what is being written. */
export function FileChip({ file, onRemove }: { file: File; onRemove?: () => void }) {
  const words = useWords();
  const { as } = useDirectory();
  return (
    <span className="file-chip" data-file-id={file.id}>
      <Icon name="file" />
      <a
        href={fileUrl(file, as)}
        target="_blank"
        rel="noreferrer"
        title={file.name}
        className="file-name"
        aria-label={words.download(file.name)}
      >
        {file.title || file.name}
      </a>
      <small>
        {file.filetype.toUpperCase()} · {formatSize(file.size)}
      </small>
      {onRemove && (
        <button
          type="button"
          className="chip-remove"
          aria-label={words.removeFile(file.name)}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}
