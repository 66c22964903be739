// Generates the typed database client (npm's "prepare" step). Works offline: it never lets Prisma
// download its schema engine. Plain JavaScript, because it runs before anything is built.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(root, 'package.json'));

/** The folder of an installed package, or undefined where it is not installed. */
function findPackage(name, from = require) {
  try {
    return dirname(from.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

const prisma = findPackage('prisma');
if (prisma === undefined) {
  // `npm ci --omit=dev`: the built application carries its generated client.
  process.exit(0);
}

const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
const engines = findPackage('@prisma/engines', createRequire(join(prisma, 'package.json')));
const hasRealEngine =
  engines !== undefined && readdirSync(engines).some((file) => file.startsWith('schema-engine-'));
if (!env.PRISMA_SCHEMA_ENGINE_BINARY && !hasRealEngine) {
  env.PRISMA_SCHEMA_ENGINE_BINARY = join(root, 'scripts', 'schema-engine-stub.sh');
}

const { bin } = JSON.parse(readFileSync(join(prisma, 'package.json'), 'utf8'));
const cli = join(prisma, typeof bin === 'string' ? bin : bin.prisma);
const run = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
  cwd: root,
  env,
  encoding: 'utf8',
});
if (run.status !== 0) {
  process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}\n`);
  process.exit(run.status ?? 1);
}
