// Who may import what (rules §12). Pure.
import { type Action, type Actor, can, visibleOwners } from '../access.js';
import { IMPORT_KINDS, type ImportKind } from './fields.js';

export const IMPORT_ACTIONS: Record<ImportKind, Action> = {
  customers: 'customer.import',
  contracts: 'contract.import',
  receipts: 'receipt.record',
  opening: 'opening.import',
};

/** The kinds that this person may import at all. */
export const importableKinds = (actor: Actor): ImportKind[] =>
  IMPORT_KINDS.filter((kind) => can(actor, IMPORT_ACTIONS[kind]));

/** Whose rows a file may be about. */
export type ImportScope = ReturnType<typeof visibleOwners>;

/**
 * Money from before is booked because a second person agreed to it: whoever brought it may have another role by then, or have
 * left.
 */
export const importScope = (actor: Actor, kind: ImportKind, job: { readonly status: string }): ImportScope =>
  kind === 'opening' && job.status === 'running' ? 'all' : visibleOwners(actor, IMPORT_ACTIONS[kind]);

/** Whether the person may import rows of this owner. */
export function ownerTest(actor: Actor, action: Action): (ownerId: string) => boolean {
  const owners = visibleOwners(actor, action);
  if (owners === 'all') return () => true;
  const known = new Set(owners);
  return (ownerId) => known.has(ownerId);
}
