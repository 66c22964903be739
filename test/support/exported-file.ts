// Makes the exports that were asked for, and reads the file that a person got, with our own reader.
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { runExports } from '../../src/jobs/run-exports.js';
import { createLog } from '../../src/log.js';
import { openSheet } from '../../src/sheets/read-sheet.js';
import { NOON, type PersonKey } from './company.js';
import { type SandboxedCompany, slackId } from './sandboxed-company.js';

export interface ExportedFile {
  readonly name: string | undefined;
  readonly text: string | undefined;
  readonly raw: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The cells under a heading. */
  readonly column: (name: string) => string[];
}

/** Makes and delivers what waits. */
export async function makeExports({ company }: SandboxedCompany, delivery: Delivery): Promise<void> {
  const stopping = new AbortController().signal;
  await runExports(await company.system(), {
    clock: () => NOON,
    log: createLog('silent'),
    kick: () => {},
    stopping,
  });
  await delivery.run();
}

/** The last file in the person's conversation. */
export async function lastFile({ sandbox }: SandboxedCompany, who: PersonKey): Promise<ExportedFile> {
  const id = slackId(who);
  const message = sandbox.history(id, sandbox.dm(id)).findLast((one) => one.files?.length);
  const file = message?.files?.[0];
  if (!file) throw new Error('no file');
  const bytes = Buffer.from(await (await fetch(`${file.url_private}?as=${id}`)).arrayBuffer());
  const { header, rows: cells } = await openSheet(file.name ?? '', bytes);
  const rows: (readonly string[])[] = [];
  for await (const row of cells) rows.push(row.cells);
  const column = (name: string) => {
    const index = header.indexOf(name);
    if (index < 0) throw new Error(`no column ${name}`);
    return rows.map((row) => row[index] ?? '');
  };
  return { name: file.name, text: message?.text, raw: bytes.toString('utf8'), header, rows, column };
}
