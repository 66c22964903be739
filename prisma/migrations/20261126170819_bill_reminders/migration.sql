-- AlterTable
ALTER TABLE "reminder" ADD COLUMN     "receipt_id" UUID;

-- AddForeignKey
ALTER TABLE "reminder" ADD CONSTRAINT "reminder_receipt_id_fkey" FOREIGN KEY ("receipt_id") REFERENCES "receipt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- A reminder is about one thing: an instalment, a milestone of a contract, or an acceptance bill; once a person and
-- occurrence each.
ALTER TABLE reminder DROP CONSTRAINT reminder_subject_check;
ALTER TABLE reminder ADD CONSTRAINT reminder_subject_check CHECK (
  num_nonnulls(instalment_id, contract_id, receipt_id) = 1 AND (contract_id IS NULL) = (milestone_kind IS NULL));
CREATE UNIQUE INDEX reminder_receipt_key ON reminder (receipt_id, rule_code, occurrence_on, recipient_id)
  WHERE receipt_id IS NOT NULL;
DROP INDEX reminder_milestone_key;
CREATE UNIQUE INDEX reminder_milestone_key
  ON reminder (contract_id, milestone_kind, due_epoch, rule_code, occurrence_on, recipient_id)
  WHERE contract_id IS NOT NULL;

-- What was told of bills is a reminder from now on; what was not sent yet is told with the next digest instead.
INSERT INTO reminder (id, receipt_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id, status,
  planned_on, created_at)
SELECT gen_random_uuid(), r.id, 0, 'B', r.bill_due_on - r.bill_told_days, 'recorder', r.recorded_by, 'sent',
  r.bill_due_on - r.bill_told_days, now()
FROM receipt r
WHERE r.bill_due_on IS NOT NULL AND r.bill_told_days IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM outbox o WHERE o.kind = 'bill.due' AND o.status = 'pending'
    AND o.payload->'receiptIds' @> jsonb_build_array(r.id::text));
UPDATE outbox SET status = 'skipped', lease_until = NULL, last_error = 'told in the digest'
WHERE kind = 'bill.due' AND status IN ('pending', 'sending');

-- AlterTable
ALTER TABLE "receipt" DROP COLUMN "bill_told_days";
