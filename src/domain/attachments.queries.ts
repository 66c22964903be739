// Reads which files a contract or a customer has, within the reader's scope. Changes nothing.
import type { ReadCtx } from '../ctx.js';
import type { Db, Tx } from '../db/client.js';
import { visibleOwners } from './access.js';
import { isAskedAbout } from './approvals/waiting-list.queries.js';
import type { FileOwner, KeptFile, RecordFiles } from './attachments.js';

/** The files of a record that the reader may see, the oldest first; null for one outside their scope. */
export async function findFiles(ctx: ReadCtx, owner: FileOwner): Promise<RecordFiles | null> {
  const found = await findRecord(ctx.db, owner);
  if (!found) return null;
  const owners = visibleOwners(ctx.actor);
  const seen =
    owners === 'all' ||
    owners.includes(found.ownerId) ||
    (owner.type === 'contract' && (await isAskedAbout(ctx, 'contract', owner.id)));
  return seen ? { id: owner.id, number: found.number, files: await listFiles(ctx.db, owner) } : null;
}

/** The files of a record, for the thread of its approval card: whoever is asked about it sees them. */
export async function findFilesAsked(db: Db | Tx, owner: FileOwner): Promise<RecordFiles | null> {
  const found = await findRecord(db, owner);
  return found && { id: owner.id, number: found.number, files: await listFiles(db, owner) };
}

function findRecord(
  db: Db | Tx,
  { type, id }: FileOwner,
): Promise<{ number: string; ownerId: string } | null> {
  const where = { id, deletedAt: null };
  if (type === 'contract') return db.contract.findFirst({ where, select: { number: true, ownerId: true } });
  return db.customer
    .findFirst({ where, select: { code: true, ownerId: true } })
    .then((row) => row && { number: row.code, ownerId: row.ownerId });
}

async function listFiles(db: Db | Tx, { type, id }: FileOwner): Promise<KeptFile[]> {
  return db.$queryRaw<KeptFile[]>`
    SELECT id::text, name, bytes IS NULL AND fetch_at IS NULL AS gone FROM attachment
    WHERE owner_type = ${type} AND owner_id = ${id}::uuid ORDER BY attachment.id`;
}

/** How many files a record has. */
export const countFiles = (db: Db | Tx, { type, id }: FileOwner): Promise<number> =>
  db.attachment.count({ where: { ownerType: type, ownerId: id } });
