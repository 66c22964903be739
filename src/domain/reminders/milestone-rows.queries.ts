// The milestones that a digest reminds of, as they are now: acceptances to push for, days that nobody knows (ux §4.7).
import type { Db, Tx } from '../../db/client.js';
import { MILESTONE_KINDS } from '../contracts/contract.js';
import type { LocalDate } from '../local-date.js';
import { NO_ANCHOR } from './milestone-steps.js';

/** What a reminder may be about: a milestone, the signing of a contract without its day, or dates that nobody has set. */
const CHASED_KINDS = [...MILESTONE_KINDS, 'signing', NO_ANCHOR] as const;
export type ChasedKind = (typeof CHASED_KINDS)[number];

/** A milestone as its line shows it. */
export interface MilestoneRow {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractName: string;
  readonly customerName: string;
  readonly ownerId: string;
  readonly kind: ChasedKind;
  readonly expectedOn: LocalDate | null;
  readonly actualOn: LocalDate | null;
  /** Open instalments without a date that hang on it. */
  readonly undated: number;
  readonly signedOn: LocalDate | null;
}

/** What a reminder is about, by its row. */
export interface MilestoneRef {
  readonly contractId: string | null;
  readonly milestoneKind: string | null;
  readonly dueEpoch: number;
}

export interface LoadedMilestone extends MilestoneRow {
  /** The contract is in force and the milestone is still to come, as it was when it was reminded of. */
  readonly isAlive: boolean;
}

const isKind = (text: string | null): text is ChasedKind =>
  (CHASED_KINDS as readonly (string | null)[]).includes(text);

/** The milestones of these reminders, in their order, each once. */
export async function loadMilestones(db: Db | Tx, refs: readonly MilestoneRef[]): Promise<LoadedMilestone[]> {
  const asked = refs.flatMap(({ contractId, milestoneKind, dueEpoch }, place) =>
    contractId !== null && isKind(milestoneKind)
      ? [{ id: contractId, kind: milestoneKind, epoch: dueEpoch, place }]
      : [],
  );
  if (asked.length === 0) return [];
  return db.$queryRaw<LoadedMilestone[]>`
    SELECT c.id::text AS "contractId", c.number AS "contractNumber", c.name AS "contractName", k.name AS "customerName",
      c.owner_id::text AS "ownerId", x.kind, m.expected_on::text AS "expectedOn", m.actual_on::text AS "actualOn",
      c.signed_on::text AS "signedOn", n.undated,
      c.status = 'active' AND m.actual_on IS NULL
        AND CASE WHEN x.epoch = 0 THEN n.undated > 0 ELSE m.version = x.epoch END AS "isAlive"
    FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS x(id uuid, kind text, epoch int, place int)
    JOIN contract c ON c.id = x.id JOIN customer k ON k.id = c.customer_id
    LEFT JOIN milestone m ON m.contract_id = c.id AND m.kind = x.kind
    CROSS JOIN LATERAL (SELECT COUNT(*)::int AS undated FROM instalment i WHERE i.contract_id = c.id
      AND COALESCE(i.anchor_kind, ${NO_ANCHOR}) = x.kind AND i.lifecycle = 'open' AND i.effective_due IS NULL) n
    ORDER BY x.place`;
}
