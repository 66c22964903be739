-- AlterTable
ALTER TABLE "instalment" ADD COLUMN     "template_id" UUID;

-- AlterTable
ALTER TABLE "reminder_rule" ADD COLUMN     "scope" TEXT NOT NULL DEFAULT 'company',
ADD COLUMN     "scope_id" UUID;

-- CreateIndex
CREATE INDEX "reminder_rule_scope_scope_id_idx" ON "reminder_rule"("scope", "scope_id");

-- AddForeignKey
ALTER TABLE "instalment" ADD CONSTRAINT "instalment_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "plan_template"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE reminder_rule
  ADD CONSTRAINT reminder_rule_scope_check CHECK (
    (scope = 'company' AND scope_id IS NULL)
    OR (scope IN ('template', 'customer', 'instalment') AND scope_id IS NOT NULL));

-- Room between two steps for new ones: how far a row has come is a rank, and stays true when a step is put between.
UPDATE reminder_rule SET rank = rank * 100;
UPDATE instalment SET step_rank = step_rank * 100 WHERE step_rank > 0;

-- Who hangs on whose ladder is asked only for the few that have one of their own.
CREATE INDEX instalment_template_idx ON instalment (template_id) WHERE template_id IS NOT NULL;
