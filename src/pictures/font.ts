// The font of pictures and PDFs: Noto Sans SC with the characters of GBK (assets/, with its licence), so that names are
// drawn on any machine. Unpacked when a picture is wanted and not kept: it is large, and pictures are rare.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

export const FONT_FAMILY = 'Noto Sans SC';
const FILE = 'assets/noto-sans-sc-gbk.ttf.br';

/** The bytes of the font. */
export async function loadFont(): Promise<Buffer> {
  return promisify(brotliDecompress)(await readFile(fontPath()));
}

/** Sources and built code lie at different depths of the project. */
function fontPath(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const path = join(dir, FILE);
    if (existsSync(path)) return path;
    if (dir === dirname(dir)) throw new Error(`${FILE} is missing: it belongs to the project`);
  }
}
