// Keeps the workspace in dataDir/slack.json (debounced, atomic) and file contents in dataDir/files.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxOptions } from './options.js';
import { addSeed, createWorld, type World } from './world.js';

const SAVE_DELAY_MS = 200;

export interface Store {
  world: World;
  /** Notes that something changed; the file follows within 200 ms. */
  touch(): void;
  /** Writes at once what is not yet written. */
  flush(): void;
  writeBlob(id: string, data: Buffer): void;
  readBlob(id: string): Buffer | undefined;
  /** Back to the first day. */
  reset(): void;
}

/** Writes a file so that a reader sees the old or the new content, never half of it. */
export function writeAtomic(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function loadWorld(path: string, options: SandboxOptions): World {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return createWorld(options);
  }
  const saved: World = JSON.parse(text);
  return addSeed(saved, options);
}

/** Opens the workspace kept in dataDir, or a new one in memory. */
export function openStore(options: SandboxOptions): Store {
  const { dataDir } = options;
  const path = dataDir === undefined ? undefined : join(dataDir, 'slack.json');
  const blobDir = dataDir === undefined ? undefined : join(dataDir, 'files');
  if (blobDir) mkdirSync(blobDir, { recursive: true });
  const blobs = new Map<string, Buffer>();
  let timer: NodeJS.Timeout | undefined;

  const store: Store = {
    world: path === undefined ? createWorld(options) : loadWorld(path, options),
    touch() {
      if (path === undefined || timer) return;
      timer = setTimeout(() => store.flush(), SAVE_DELAY_MS);
      timer.unref();
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      if (path !== undefined) writeAtomic(path, JSON.stringify(store.world));
    },
    writeBlob(id, data) {
      if (blobDir) writeFileSync(join(blobDir, id), data);
      else blobs.set(id, data);
    },
    readBlob(id) {
      if (!blobDir) return blobs.get(id);
      try {
        return readFileSync(join(blobDir, id));
      } catch {
        return undefined;
      }
    },
    reset() {
      blobs.clear();
      if (blobDir) {
        rmSync(blobDir, { recursive: true, force: true });
        mkdirSync(blobDir, { recursive: true });
      }
      store.world = createWorld(options);
      store.flush();
    },
  };
  return store;
}
