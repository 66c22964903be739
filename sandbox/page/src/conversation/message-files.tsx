// Files of a message: pictures as previews, everything else as a box to open.
import type { File } from '../../../server/protocol.js';
import { fileUrl } from '../store/api.js';
import { useDirectory } from '../store/page-context.js';
import { useWords } from '../words/words.js';
import { FileChip } from './file-chip.js';

/** Nothing for a message without files. */
export function MessageFiles({ files }: { files: readonly File[] }) {
  const words = useWords();
  const { as } = useDirectory();
  if (files.length === 0) return null;
  return (
    <ul className="message-files">
      {files.map((file) => (
        <li key={file.id}>
          {file.mimetype.startsWith('image/') ? (
            <a
              href={fileUrl(file, as)}
              target="_blank"
              rel="noreferrer"
              className="image-preview"
              title={file.name}
              data-file-id={file.id}
            >
              <img src={fileUrl(file, as)} alt={words.openImage(file.name)} loading="lazy" />
            </a>
          ) : (
            <FileChip file={file} />
          )}
        </li>
      ))}
    </ul>
  );
}
