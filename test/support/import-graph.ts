// Reads the imports of source files as text. A type-only import counts like any other.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

export interface ImportEdge {
  /** Path from the repository's root, forward slashes. */
  from: string;
  /** A path from the root for own files, else the package's name. */
  to: string;
  typeOnly: boolean;
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** All imports of one file's text. */
export function importsOf(path: string, text: string): ImportEdge[] {
  const edges: ImportEdge[] = [];
  for (const match of text.matchAll(IMPORT)) {
    edges.push({ from: path, to: resolve(path, match[2] ?? ''), typeOnly: match[1] !== undefined });
  }
  for (const match of text.matchAll(DYNAMIC))
    edges.push({ from: path, to: resolve(path, match[1] ?? ''), typeOnly: false });
  return edges;
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

/** TypeScript files below a folder, generated ones left out. */
export function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter(
      (path) => !path.includes('/generated/') && !path.includes('/node_modules/') && !path.includes('/dist/'),
    );
}

export function importsIn(root: string, folders: readonly string[]): ImportEdge[] {
  return folders
    .flatMap((folder) => sourceFiles(root, folder))
    .flatMap((path) => importsOf(path, readFileSync(join(root, path), 'utf8')));
}
