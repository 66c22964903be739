// The Slack CLI's get-manifest hook: manifest.yml as JSON on standard output.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const path = fileURLToPath(new URL('../manifest.yml', import.meta.url));
process.stdout.write(`${JSON.stringify(parse(readFileSync(path, 'utf8')))}\n`);
