-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "delegate_id" UUID,
ADD COLUMN     "delegate_until" DATE;

-- AlterTable
ALTER TABLE "approval" ADD COLUMN     "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "flow_key" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "involved_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "nudged_at" TIMESTAMPTZ(3),
ADD COLUMN     "owner_id" UUID,
ADD COLUMN     "superiors_told_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "approval_step" ADD COLUMN     "approved_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "named_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "on_behalf_of" UUID,
ADD COLUMN     "return_note" TEXT,
ADD COLUMN     "returned_at" TIMESTAMPTZ(3),
ADD COLUMN     "returned_by" UUID,
ADD COLUMN     "solo" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "approval_question" (
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "asked_by" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_by" UUID,
    "answer" TEXT,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_question_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "approval_question_approval_id_idx" ON "approval_question"("approval_id");

-- CreateIndex
CREATE INDEX "app_user_delegate_id_idx" ON "app_user"("delegate_id");

-- AddForeignKey
ALTER TABLE "approval_question" ADD CONSTRAINT "approval_question_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Approvals from before flows: asked when they were opened, of the owner's line, never decided by who is involved.
UPDATE approval a SET asked_at = a.created_at;
UPDATE approval a SET owner_id = c.owner_id, involved_ids = ARRAY[a.requested_by, c.owner_id]
FROM contract c WHERE a.subject_type = 'contract' AND c.id = a.subject_id;
UPDATE approval a SET owner_id = c.owner_id, involved_ids = ARRAY[a.requested_by, c.owner_id]
FROM contract_change h JOIN contract c ON c.id = h.contract_id
WHERE a.subject_type = 'contract_change' AND h.id = a.subject_id;
UPDATE approval a SET owner_id = i.owner_id, involved_ids = ARRAY[a.requested_by, i.owner_id]
FROM postponement p JOIN instalment i ON i.id = p.instalment_id
WHERE a.subject_type = 'postponement' AND p.id = a.subject_id;
UPDATE approval a SET involved_ids = ARRAY(
  SELECT DISTINCT x.id FROM (
    SELECT a.requested_by AS id UNION ALL SELECT r.recorded_by UNION ALL SELECT r.last_edited_by
    UNION ALL SELECT i.owner_id FROM allocation l JOIN instalment i ON i.id = l.instalment_id
      WHERE l.receipt_id = r.id AND l.status = 'proposed') x)
FROM receipt r WHERE a.subject_type = 'receipt' AND r.id = a.subject_id AND a.status = 'open';
UPDATE approval_step s SET approver_roles = '{manager}'
FROM approval a WHERE a.id = s.approval_id AND a.subject_type <> 'receipt' AND s.approver_roles = '{}';

ALTER TABLE approval_step ADD CONSTRAINT approval_step_mode_check CHECK (mode IN ('any', 'all'));

-- What waits too long is looked for every minute.
CREATE INDEX approval_waiting_idx ON approval (asked_at) WHERE status = 'open';
