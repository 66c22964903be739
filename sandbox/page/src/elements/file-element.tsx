// file_input: files go up as soon as they are chosen; the form then carries what the server answered.
import type { FileInput } from '@slack/types';
import { useRef, useState } from 'react';
import { FileChip } from '../conversation/file-chip.js';
import { uploadFile } from '../store/api.js';
import { useDirectory } from '../store/page-context.js';
import { Icon } from '../ui/icon.js';
import { Spinner } from '../ui/spinner.js';
import { useDrop } from '../ui/use-drop.js';
import { useWords } from '../words/words.js';
import { controlAttributes, type Frame, useField } from './use-field.js';

const DEFAULT_MAX_FILES = 10;

/** Chosen files with their names and sizes, and a button and drop area for more. */
export function FileElement({ element, frame }: { element: FileInput; frame: Frame }) {
  const words = useWords();
  const { as } = useDirectory();
  const field = useField(element, frame);
  const [uploading, setUploading] = useState(0);
  const [problem, setProblem] = useState('');
  const files = field.value?.files ?? [];
  const max = element.max_files ?? DEFAULT_MAX_FILES;
  const types = element.filetypes ?? [];

  const findProblem = (chosen: readonly globalThis.File[]): string => {
    if (files.length + chosen.length > max) return words.tooManyFiles(max);
    const wrong = chosen.find(
      (file) => types.length > 0 && !types.includes(file.name.split('.').at(-1)?.toLowerCase() ?? ''),
    );
    return wrong ? words.wrongFileType(wrong.name, types.join(', ')) : '';
  };
  const add = async (chosen: readonly globalThis.File[]) => {
    const found = findProblem(chosen);
    setProblem(found);
    if (found !== '' || chosen.length === 0) return;
    setUploading(chosen.length);
    const results = await Promise.allSettled(chosen.map((file) => uploadFile(as, file)));
    setUploading(0);
    const failed = chosen.filter((_, at) => results[at]?.status === 'rejected');
    setProblem(failed.map((file) => words.uploadFailed(file.name)).join(' '));
    const added = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    field.change({ type: element.type, files: [...files, ...added] }, frame.dispatches);
  };
  const drop = (id: string) =>
    field.change({ type: element.type, files: files.filter((file) => file.id !== id) }, frame.dispatches);

  const box = useRef<HTMLDivElement>(null);
  useDrop(box, (dropped) => void add(dropped));

  return (
    <div ref={box} className="file-element">
      {files.length > 0 && (
        <ul className="file-list">
          {files.map((file) => (
            <li key={file.id}>
              <FileChip file={file} onRemove={() => drop(file.id)} />
            </li>
          ))}
        </ul>
      )}
      <span className="file-choose">
        <input
          {...controlAttributes(element, frame)}
          type="file"
          className="file-native"
          multiple={max > 1}
          disabled={uploading > 0 || files.length >= max}
          accept={types.map((type) => `.${type}`).join(',')}
          onChange={(event) => {
            void add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
        <label className="button" htmlFor={frame.controlId}>
          <Icon name="clip" /> {words.chooseFiles}
        </label>
        <small>{uploading > 0 ? words.uploading : words.dropFiles(max)}</small>
        {uploading > 0 && <Spinner />}
      </span>
      {problem !== '' && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
