-- AlterTable
ALTER TABLE "reminder" ADD COLUMN     "contract_id" UUID,
ADD COLUMN     "milestone_kind" TEXT,
ALTER COLUMN "instalment_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "reminder_rule" ADD COLUMN     "anchor_weekday" INTEGER;

-- CreateTable
CREATE TABLE "snooze" (
    "user_id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "until" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "snooze_pkey" PRIMARY KEY ("user_id","instalment_id")
);

-- CreateIndex
CREATE INDEX "snooze_until_idx" ON "snooze"("until");

-- AddForeignKey
ALTER TABLE "reminder" ADD CONSTRAINT "reminder_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snooze" ADD CONSTRAINT "snooze_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snooze" ADD CONSTRAINT "snooze_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- A reminder is about an instalment, or about a milestone of a contract: once a person and occurrence either way.
ALTER TABLE reminder ADD CONSTRAINT reminder_subject_check CHECK (
  (instalment_id IS NULL) = (contract_id IS NOT NULL) AND (contract_id IS NULL) = (milestone_kind IS NULL));
CREATE UNIQUE INDEX reminder_milestone_key
  ON reminder (contract_id, milestone_kind, due_epoch, rule_code, occurrence_on, recipient_id)
  WHERE instalment_id IS NULL;

UPDATE reminder_rule SET anchor_weekday = 1 WHERE code = 'W';

-- Retentions that come every so many days, milestones that are expected, instalments without a date: few among many.
CREATE INDEX instalment_retention_idx ON instalment (effective_due) WHERE lifecycle = 'open' AND is_retention;
CREATE INDEX milestone_expected_idx ON milestone (expected_on) WHERE kind = 'acceptance' AND actual_on IS NULL;
CREATE INDEX instalment_undated_idx ON instalment (contract_id) WHERE lifecycle = 'open' AND effective_due IS NULL;
