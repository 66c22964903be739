-- ── By hand: what was told of contracts' ends is a reminder from now on ────────────────────────────────

-- What was not sent yet is told with the next digest instead.
INSERT INTO reminder (id, contract_id, milestone_kind, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id,
  status, planned_on, created_at)
SELECT gen_random_uuid(), c.id, 'end', c.ends_on - '2000-01-01'::date, 'C', c.ends_on - c.end_told_days, 'owner',
  c.owner_id, 'sent', c.ends_on - c.end_told_days, now()
FROM contract c
WHERE c.end_told_for = c.ends_on AND c.end_told_days IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM outbox o WHERE o.kind = 'contract.ending' AND o.status = 'pending'
    AND o.payload->'contractIds' @> jsonb_build_array(c.id::text));
UPDATE outbox SET status = 'skipped', lease_until = NULL, last_error = 'told in the digest'
WHERE kind = 'contract.ending' AND status IN ('pending', 'sending');

-- AlterTable
ALTER TABLE "contract" DROP COLUMN "end_told_days",
DROP COLUMN "end_told_for";

-- AlterTable
ALTER TABLE "reminder_rule" ADD COLUMN     "tone" TEXT NOT NULL DEFAULT 'plain';

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

ALTER TABLE reminder_rule ADD CONSTRAINT reminder_rule_tone_check CHECK (tone IN ('plain', 'firm', 'urgent'));

-- As the ladders begin: what escalates is urgent, what is repeated asks to follow up.
UPDATE reminder_rule SET tone = CASE WHEN level IS NOT NULL THEN 'urgent' ELSE 'firm' END
WHERE applies_to IN ('normal', 'retention') AND (level IS NOT NULL OR repeat_every_days IS NOT NULL);
