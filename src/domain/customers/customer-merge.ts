// What becomes of two customers' files when they become one. Pure.
import type { CustomerContact } from './customer.js';
import { type CustomerState, MAX_PAYERS } from './customer.js';

/** Fields of the file that one customer has and another may have differently. */
export const MERGED_FIELDS = [
  'shortName',
  'type',
  'industry',
  'address',
  'taxTitle',
  'taxNo',
  'bank',
  'bankAccount',
  'remark',
] as const;
export type MergedField = (typeof MERGED_FIELDS)[number];

type File = { readonly [F in MergedField]: string | null } & {
  readonly name: string;
  readonly contacts: readonly CustomerContact[];
  readonly relatedPayers: readonly string[];
  readonly defaultTermDays: number | null;
  readonly defaultTemplateId: string | null;
  readonly creditLimit: bigint | null;
  readonly status: CustomerState;
};

export interface MergedFile {
  /** What the one that stays gets; only what changes. */
  readonly change: Partial<Record<MergedField, string>> & {
    readonly contacts: CustomerContact[];
    readonly relatedPayers: string[];
    readonly defaultTermDays: number | null;
    readonly defaultTemplateId: string | null;
    readonly creditLimit: bigint | null;
    readonly status: CustomerState;
  };
  /** Names of contacts and payers for which there is no room: only the file that goes has them. */
  readonly lost: readonly string[];
  /** Both have it, and differently: what stays and what goes. */
  readonly conflicts: readonly {
    readonly field: MergedField;
    readonly keep: string;
    readonly gone: string;
  }[];
  readonly taken: readonly { readonly field: MergedField; readonly gone: string }[];
}

const MAX_CONTACTS = 20;

/** What the kept file has stays; what it lacks is taken from the other; contacts and payers are joined. */
export function mergeFiles(keep: File, gone: File): MergedFile {
  const conflicts: { field: MergedField; keep: string; gone: string }[] = [];
  const taken: { field: MergedField; gone: string }[] = [];
  for (const field of MERGED_FIELDS) {
    const [ours, theirs] = [keep[field], gone[field]];
    if (theirs === null || ours === theirs) continue;
    if (ours === null) taken.push({ field, gone: theirs });
    else conflicts.push({ field, keep: ours, gone: theirs });
  }
  const bills = keep.contacts.some((contact) => contact.isBilling);
  const others = gone.contacts
    .filter((one) => !keep.contacts.some((our) => our.name === one.name && our.phone === one.phone))
    .map(({ isBilling, ...contact }) => (isBilling && !bills ? { ...contact, isBilling } : contact));
  // Money of the one that goes comes under its own name as well.
  const payers = new Set([...keep.relatedPayers, gone.name, ...gone.relatedPayers]);
  payers.delete(keep.name);
  const contacts = [...keep.contacts, ...others];
  const names = [...payers];
  return {
    change: {
      ...Object.fromEntries(taken.map(({ field, gone: value }) => [field, value])),
      contacts: contacts.slice(0, MAX_CONTACTS),
      relatedPayers: names.slice(0, MAX_PAYERS),
      defaultTermDays: keep.defaultTermDays ?? gone.defaultTermDays,
      defaultTemplateId: keep.defaultTemplateId ?? gone.defaultTemplateId,
      // Nobody is rid of a limit or a freeze by merging it away.
      creditLimit: stricter(keep.creditLimit, gone.creditLimit),
      status: gone.status === 'frozen' ? 'frozen' : keep.status,
    },
    lost: [...contacts.slice(MAX_CONTACTS).map((contact) => contact.name), ...names.slice(MAX_PAYERS)],
    conflicts,
    taken,
  };
}

/** The smaller of two limits; null: none. */
function stricter(ours: bigint | null, theirs: bigint | null): bigint | null {
  if (ours === null || theirs === null) return ours ?? theirs;
  return ours < theirs ? ours : theirs;
}
