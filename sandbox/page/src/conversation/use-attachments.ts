// Files of a message being written: uploaded as soon as they are chosen, dropped or pasted.
import { useState } from 'react';
import type { File } from '../../../server/protocol.js';
import { uploadFile } from '../store/api.js';
import { useDirectory, useNotice } from '../store/page-context.js';
import { useWords } from '../words/words.js';

/** Attached files and what adds, removes and clears them. */
export function useAttachments() {
  const words = useWords();
  const { as } = useDirectory();
  const notify = useNotice();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [uploading, setUploading] = useState(0);

  const add = async (chosen: readonly globalThis.File[]) => {
    setUploading((count) => count + chosen.length);
    for (const file of chosen) {
      try {
        const uploaded = await uploadFile(as, file);
        setFiles((known) => [...known, uploaded]);
      } catch {
        notify('error', words.uploadFailed(file.name));
      }
      setUploading((count) => count - 1);
    }
  };
  return {
    files,
    uploading: uploading > 0,
    add,
    remove: (id: string) => setFiles((known) => known.filter((file) => file.id !== id)),
    replace: (next: readonly File[]) => setFiles(next),
  };
}
