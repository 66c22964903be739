// Who may import whom, as data; everything not listed is refused. Probes prove that the test would notice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ImportEdge, importsIn, importsOf, sourceFiles } from './support/import-graph.js';

const ROOT = join(import.meta.dirname, '..');

interface Layer {
  name: string;
  files: RegExp;
  /** Own files, by path; packages, by name; `node:` for Node's own. */
  may: RegExp[];
  mayAsType?: RegExp[];
}

const PURE_DOMAIN = /^src\/domain\/(?!.*\.(service|queries)\.ts$)/;
const DATABASE_DOMAIN = /^src\/domain\/.*\.(service|queries)\.ts$/;
const DOMAIN = /^src\/domain\//;
const DB = /^src\/db\//;
const CTX = /^src\/ctx\.ts$/;
const GENERATED = /^src\/generated\/prisma\/client\.ts$/;
const VIEWS = /^src\/handlers\/views\//;
const I18N = /^src\/handlers\/i18n\//;
const IDS = /^src\/handlers\/(settings-|report-|record-)?ids\.ts$/;
const CLOCK = /^src\/clock\.ts$/;
const LOG = /^src\/log\.ts$/;
/** Reading and writing files of rows: knows no database and no Slack. */
const SHEETS = /^src\/sheets\//;
/** Backups of whatever the database holds: below the domain, which it does not know. */
const BACKUP = /^src\/backup\//;
/** Charts and PDFs: knows no database and no Slack. */
const PICTURES = /^src\/pictures\//;
const packages = (...names: string[]) => names.map((name) => new RegExp(`^${name.replace('/', '\\/')}$`));

/** The first layer whose `files` match is a file's layer. */
const LAYERS: Layer[] = [
  {
    name: 'pure domain',
    files: PURE_DOMAIN,
    may: [PURE_DOMAIN, ...packages('zod', 'dayjs', 'chinese-days', 'pinyin-pro', 'uuid')],
  },
  {
    name: 'services and queries',
    files: DATABASE_DOMAIN,
    may: [DOMAIN, DB, CTX, GENERATED, ...packages('zod', 'dayjs', 'node:crypto')],
  },
  {
    name: 'spreadsheets',
    files: SHEETS,
    may: [
      SHEETS,
      /^src\/domain\/errors\.ts$/,
      /^node:(stream|zlib|crypto|events|worker_threads)$/,
      ...packages('csv-parse', 'csv-stringify', 'hucre'),
    ],
  },
  {
    name: 'pictures',
    files: PICTURES,
    may: [
      PICTURES,
      /^node:(fs|fs\/promises|module|path|url|util|zlib)$/,
      ...packages('@resvg/resvg-wasm', 'pdfmake'),
    ],
  },
  { name: 'context', files: CTX, may: [DOMAIN], mayAsType: [DB] },
  {
    name: 'database',
    files: DB,
    may: [DB, GENERATED, /^node:/, ...packages('@prisma/adapter-pg', 'pg', '@electric-sql/pglite')],
  },
  { name: 'backups', files: BACKUP, may: [BACKUP, DB, /^node:/, ...packages('pg', 'zod')] },
  {
    name: 'views and words',
    files: /^src\/handlers\/(views|i18n)\//,
    may: [VIEWS, I18N, IDS, PURE_DOMAIN, ...packages('i18next', 'dayjs')],
    mayAsType: [DATABASE_DOMAIN, ...packages('@slack/types', '@slack/bolt')],
  },
  { name: 'ids', files: IDS, may: [] },
  {
    name: 'handlers',
    files: /^src\/handlers\//,
    may: [
      /^src\/handlers\//,
      DOMAIN,
      CTX,
      SHEETS,
      ...packages('@slack/bolt', '@slack/web-api', 'zod', 'uuid'),
    ],
    mayAsType: [CLOCK, LOG, /^src\/db\/client\.ts$/, ...packages('@slack/types')],
  },
  {
    name: 'jobs',
    files: /^src\/jobs\//,
    may: [
      /^src\/jobs\//,
      DOMAIN,
      CTX,
      SHEETS,
      PICTURES,
      BACKUP,
      DB,
      CLOCK,
      VIEWS,
      I18N,
      IDS,
      /^src\/(config|log)\.ts$/,
      GENERATED,
      /^node:/,
      ...packages('@slack/web-api', 'node-cron', 'zod'),
    ],
    mayAsType: packages('@slack/types'),
  },
  {
    name: 'composition root',
    files: /^src\/(main|start|app|config|log|clock|health)\.ts$/,
    may: [
      /^src\/(?!generated)/,
      /^node:/,
      ...packages('@slack/bolt', '@slack/web-api', 'pino', 'zod', 'undici'),
    ],
  },
  {
    name: 'sandbox server',
    files: /^sandbox\/server\//,
    may: [/^sandbox\/server\//, /^node:/, ...packages('ws')],
    mayAsType: packages('@slack/types'),
  },
  {
    name: 'sandbox page',
    files: /^sandbox\/page\//,
    may: [/^sandbox\/page\//, ...packages('react', 'react-dom', 'vite', '@vitejs/plugin-react')],
    mayAsType: [/^sandbox\/server\/protocol(-[a-z]+)?\.ts$/, ...packages('@slack/types')],
  },
];

/** handlers/errors.ts names the database's failures; nothing else in handlers touches db/ (design decision 0008). */
const EXCEPTIONS = new Set(['src/handlers/errors.ts → src/db/transact.ts']);

function violations(edges: readonly ImportEdge[]): string[] {
  return edges.flatMap((edge) => {
    const layer = LAYERS.find((candidate) => candidate.files.test(edge.from));
    const line = `${edge.from} → ${edge.to}`;
    if (!layer) return [`${edge.from} belongs to no layer`];
    const allowed = [...layer.may, ...(edge.typeOnly ? (layer.mayAsType ?? []) : [])];
    return allowed.some((pattern) => pattern.test(edge.to)) || EXCEPTIONS.has(line)
      ? []
      : [`${layer.name}: ${line}`];
  });
}

describe('architecture', () => {
  it('has no import against the table', () => {
    expect(violations(importsIn(ROOT, ['src', 'sandbox/server', 'sandbox/page']))).toEqual([]);
  });

  it.each([
    ['src/domain/money.ts', "import { Pool } from 'pg';"],
    ['src/domain/plans/plan.ts', "import { transact } from '../../db/transact.js';"],
    ['src/domain/receipts/receipt.ts', "import type { Receipt } from '../../generated/prisma/client.js';"],
    ['src/domain/receipts/receipt.service.ts', "import { App } from '@slack/bolt';"],
    ['src/domain/receipts/receipt.service.ts', "import { modal } from '../../handlers/views/blocks.js';"],
    ['src/handlers/receipts.ts', "import { transact } from '../db/transact.js';"],
    ['src/handlers/receipts.ts', "import { PrismaClient } from '../generated/prisma/client.js';"],
    ['src/handlers/receipts.ts', "import { run } from '../jobs/run-job.js';"],
    [
      'src/handlers/views/receipt-views.ts',
      "import { listOpenItems } from '../../domain/receipts/open-items.queries.js';",
    ],
    ['src/handlers/views/receipt-views.ts', "import { App } from '@slack/bolt';"],
    ['src/jobs/deliver-notices.ts', "import { registerReceipts } from '../handlers/receipts.js';"],
    ['src/jobs/deliver-notices.ts', "const { x } = await import('../handlers/receipts.js');"],
    ['sandbox/server/start.ts', "import { money } from '../../src/domain/money.js';"],
    ['src/new-room/file.ts', "import 'node:fs';"],
  ])('notices %s with %s', (path, text) => {
    expect(violations(importsOf(path, text))).toHaveLength(1);
  });
});

/** Ambient time and chance are arguments in the domain (design: time, actor and ids are arguments). */
const AMBIENT = /\bnew Date\(\s*\)|\bDate\.now\(|\bdayjs\(\s*\)|\bMath\.random\(|\bperformance\.now\(/;

describe('ambient time and chance', () => {
  it('is nowhere in the domain, and is noticed', () => {
    const guilty = sourceFiles(ROOT, 'src/domain').filter((path) =>
      AMBIENT.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(guilty).toEqual([]);
    for (const probe of ['new Date()', 'Date.now()', 'dayjs( )', 'Math.random()'])
      expect(AMBIENT.test(probe)).toBe(true);
    expect(AMBIENT.test('new Date(now.getTime())')).toBe(false);
  });
});

describe('size', () => {
  it('keeps every file within 300 lines', () => {
    const long = ['src', 'sandbox', 'scripts', 'bench']
      .flatMap((folder) => sourceFiles(ROOT, folder))
      .filter((path) => readFileSync(join(ROOT, path), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});
