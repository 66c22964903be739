-- CreateEnum
CREATE TYPE "CustomerStatus" AS ENUM ('active', 'frozen', 'closed');

-- CreateEnum
CREATE TYPE "ContractStatus" AS ENUM ('draft', 'pending_approval', 'active', 'rejected', 'completed', 'archived', 'void');

-- CreateEnum
CREATE TYPE "InstalmentLifecycle" AS ENUM ('inactive', 'open', 'settled', 'written_off', 'cancelled');

-- CreateEnum
CREATE TYPE "DueSource" AS ENUM ('manual', 'anchor');

-- CreateEnum
CREATE TYPE "ReceiptKind" AS ENUM ('payment', 'prepayment', 'opening', 'refund', 'reversal');

-- CreateEnum
CREATE TYPE "ReceiptStatus" AS ENUM ('draft', 'submitted', 'approved', 'rejected', 'partly_reversed', 'reversed');

-- CreateEnum
CREATE TYPE "AllocationStatus" AS ENUM ('proposed', 'effective', 'released');

-- CreateEnum
CREATE TYPE "ApprovalStatus" AS ENUM ('open', 'approved', 'rejected', 'withdrawn');

-- CreateEnum
CREATE TYPE "ReminderStatus" AS ENUM ('pending', 'sent', 'failed', 'skipped', 'acked');

-- CreateEnum
CREATE TYPE "OutboxStatus" AS ENUM ('pending', 'sending', 'sent', 'failed', 'unknown', 'skipped');

-- CreateTable
CREATE TABLE "company" (
    "id" UUID NOT NULL,
    "singleton" BOOLEAN NOT NULL DEFAULT true,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "workweek" INTEGER[],
    "remind_at" TEXT NOT NULL,
    "remind_until" TEXT NOT NULL,
    "calendar_covered_through" DATE,
    "finance_channel_id" TEXT,
    "escalation_channel_id" TEXT,
    "settings" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "company_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_day" (
    "date" DATE NOT NULL,
    "is_workday" BOOLEAN NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "calendar_day_pkey" PRIMARY KEY ("date")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "slack_user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "locale" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "roles" TEXT[],
    "manager_id" UUID,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "workspace_admin" BOOLEAN NOT NULL DEFAULT false,
    "asked_at" TIMESTAMPTZ(3),
    "home_opened_at" TIMESTAMPTZ(3),
    "home_stale" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "short_name" TEXT,
    "type" TEXT,
    "industry" TEXT,
    "contacts" JSONB NOT NULL,
    "address" TEXT,
    "tax_title" TEXT,
    "tax_no" TEXT,
    "bank" TEXT,
    "bank_account" TEXT,
    "remark" TEXT,
    "search_text" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "status" "CustomerStatus" NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" UUID,
    "delete_reason" TEXT,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "signed_on" DATE,
    "payment_method" TEXT,
    "status" "ContractStatus" NOT NULL DEFAULT 'draft',
    "plan_incomplete" BOOLEAN NOT NULL DEFAULT false,
    "owner_id" UUID NOT NULL,
    "finance_owner_id" UUID,
    "remark" TEXT,
    "search_text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" UUID,
    "delete_reason" TEXT,

    CONSTRAINT "contract_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "milestone" (
    "id" UUID NOT NULL,
    "contract_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "expected_on" DATE,
    "actual_on" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "milestone_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instalment" (
    "id" UUID NOT NULL,
    "contract_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "outstanding" BIGINT NOT NULL,
    "planned_method" TEXT,
    "due_on" DATE,
    "original_due_on" DATE,
    "postponed_to" DATE,
    "postpone_count" INTEGER NOT NULL DEFAULT 0,
    "effective_due" DATE,
    "due_epoch" INTEGER NOT NULL DEFAULT 0,
    "due_source" "DueSource" NOT NULL DEFAULT 'manual',
    "anchor_kind" TEXT,
    "anchor_offset" JSONB,
    "roll" TEXT NOT NULL DEFAULT 'none',
    "remind_days_ahead" INTEGER NOT NULL DEFAULT 7,
    "first_remind_on" DATE,
    "step_rank" INTEGER NOT NULL DEFAULT 0,
    "weekly_on" DATE,
    "is_retention" BOOLEAN NOT NULL DEFAULT false,
    "disputed" BOOLEAN NOT NULL DEFAULT false,
    "block_until" DATE,
    "lifecycle" "InstalmentLifecycle" NOT NULL DEFAULT 'inactive',
    "opened_on" DATE,
    "owner_id" UUID NOT NULL,
    "remark" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" UUID,
    "delete_reason" TEXT,

    CONSTRAINT "instalment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instalment_revision" (
    "id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "valid_from" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "due_on" DATE,
    "postponed_to" DATE,
    "owner_id" UUID NOT NULL,
    "lifecycle" "InstalmentLifecycle" NOT NULL,
    "cause" TEXT NOT NULL,

    CONSTRAINT "instalment_revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "postponement" (
    "id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "from_date" DATE NOT NULL,
    "to_date" DATE NOT NULL,
    "remark" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "postponement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "receipt" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "contract_id" UUID,
    "instalment_id" UUID,
    "kind" "ReceiptKind" NOT NULL DEFAULT 'payment',
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "unapplied" BIGINT NOT NULL DEFAULT 0,
    "method" TEXT NOT NULL,
    "received_on" DATE NOT NULL,
    "payer_name" TEXT,
    "bank_slip_no" TEXT,
    "remark" TEXT,
    "status" "ReceiptStatus" NOT NULL DEFAULT 'submitted',
    "recorded_by" UUID NOT NULL,
    "last_edited_by" UUID NOT NULL,
    "reverses_id" UUID,
    "replaces_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allocation" (
    "id" UUID NOT NULL,
    "receipt_id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "status" "AllocationStatus" NOT NULL DEFAULT 'proposed',
    "effective_on" DATE,
    "booked_at" TIMESTAMPTZ(3),
    "released_on" DATE,
    "released_by" UUID,
    "release_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "allocation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attachment" (
    "id" UUID NOT NULL,
    "owner_type" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "slack_file_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mime" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "sha256" TEXT,
    "bytes" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "attachment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "subject_version" INTEGER NOT NULL,
    "requested_by" UUID NOT NULL,
    "status" "ApprovalStatus" NOT NULL DEFAULT 'open',
    "current_step" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_step" (
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'any',
    "approver_roles" TEXT[],
    "approver_ids" UUID[],
    "decided_by" UUID,
    "decision" TEXT,
    "reason" TEXT,
    "comment" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "approval_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reminder_rule" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "offset_days" INTEGER NOT NULL,
    "repeat_every_days" INTEGER,
    "roles" TEXT[],
    "place" TEXT NOT NULL,
    "needs_ack" BOOLEAN NOT NULL,
    "level" INTEGER,
    "replaced_by_remind_days" BOOLEAN NOT NULL DEFAULT false,
    "applies_to" TEXT NOT NULL DEFAULT 'normal',
    "enabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "reminder_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reminder" (
    "id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "due_epoch" INTEGER NOT NULL,
    "rule_code" TEXT NOT NULL,
    "occurrence_on" DATE NOT NULL,
    "recipient_role" TEXT NOT NULL,
    "recipient_id" UUID NOT NULL,
    "status" "ReminderStatus" NOT NULL DEFAULT 'pending',
    "skip_reason" TEXT,
    "outbox_id" UUID,
    "planned_on" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "acked_by" UUID,
    "acked_at" TIMESTAMPTZ(3),

    CONSTRAINT "reminder_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "escalation_case" (
    "id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "level" INTEGER NOT NULL,
    "opened_on" DATE NOT NULL,
    "recipient_ids" UUID[],
    "acked_by" UUID,
    "acked_at" TIMESTAMPTZ(3),
    "acked_until" DATE,
    "closed_on" DATE,
    "close_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "escalation_case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "op" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "anchor_key" TEXT,
    "payload" JSONB NOT NULL,
    "recipient" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 5,
    "status" "OutboxStatus" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3),
    "channel" TEXT,
    "ts" TEXT,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "request" (
    "id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "actor_id" UUID NOT NULL,
    "reference" TEXT,
    "subject_type" TEXT,
    "subject_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "request_id" TEXT,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_seal" (
    "seq" BIGSERIAL NOT NULL,
    "audit_id" UUID NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "counter" (
    "key" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "value" BIGINT NOT NULL,

    CONSTRAINT "counter_pkey" PRIMARY KEY ("key","period")
);

-- CreateTable
CREATE TABLE "job_run" (
    "id" UUID NOT NULL,
    "job" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "detail" JSONB,

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "company_singleton_key" ON "company"("singleton");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_slack_user_id_key" ON "app_user"("slack_user_id");

-- CreateIndex
CREATE INDEX "app_user_manager_id_idx" ON "app_user"("manager_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_code_key" ON "customer"("code");

-- CreateIndex
CREATE INDEX "customer_owner_id_idx" ON "customer"("owner_id");

-- CreateIndex
CREATE INDEX "customer_name_idx" ON "customer"("name");

-- CreateIndex
CREATE UNIQUE INDEX "contract_number_key" ON "contract"("number");

-- CreateIndex
CREATE INDEX "contract_customer_id_idx" ON "contract"("customer_id");

-- CreateIndex
CREATE INDEX "contract_owner_id_status_idx" ON "contract"("owner_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "milestone_contract_id_kind_key" ON "milestone"("contract_id", "kind");

-- CreateIndex
CREATE INDEX "instalment_customer_id_lifecycle_idx" ON "instalment"("customer_id", "lifecycle");

-- CreateIndex
CREATE INDEX "instalment_owner_id_lifecycle_effective_due_idx" ON "instalment"("owner_id", "lifecycle", "effective_due");

-- CreateIndex
CREATE UNIQUE INDEX "instalment_contract_id_seq_key" ON "instalment"("contract_id", "seq");

-- CreateIndex
CREATE INDEX "instalment_revision_instalment_id_recorded_at_idx" ON "instalment_revision"("instalment_id", "recorded_at");

-- CreateIndex
CREATE INDEX "postponement_instalment_id_idx" ON "postponement"("instalment_id");

-- CreateIndex
CREATE UNIQUE INDEX "receipt_number_key" ON "receipt"("number");

-- CreateIndex
CREATE INDEX "receipt_customer_id_status_idx" ON "receipt"("customer_id", "status");

-- CreateIndex
CREATE INDEX "receipt_status_received_on_idx" ON "receipt"("status", "received_on");

-- CreateIndex
CREATE INDEX "receipt_recorded_by_idx" ON "receipt"("recorded_by");

-- CreateIndex
CREATE INDEX "allocation_receipt_id_idx" ON "allocation"("receipt_id");

-- CreateIndex
CREATE INDEX "allocation_instalment_id_status_idx" ON "allocation"("instalment_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "attachment_owner_type_owner_id_slack_file_id_key" ON "attachment"("owner_type", "owner_id", "slack_file_id");

-- CreateIndex
CREATE INDEX "approval_subject_type_subject_id_idx" ON "approval"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "approval_status_idx" ON "approval"("status");

-- CreateIndex
CREATE UNIQUE INDEX "approval_step_approval_id_seq_key" ON "approval_step"("approval_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "reminder_rule_code_key" ON "reminder_rule"("code");

-- CreateIndex
CREATE INDEX "reminder_outbox_id_idx" ON "reminder"("outbox_id");

-- CreateIndex
CREATE INDEX "reminder_recipient_id_planned_on_idx" ON "reminder"("recipient_id", "planned_on");

-- CreateIndex
CREATE UNIQUE INDEX "reminder_instalment_id_due_epoch_rule_code_occurrence_on_re_key" ON "reminder"("instalment_id", "due_epoch", "rule_code", "occurrence_on", "recipient_id");

-- CreateIndex
CREATE INDEX "escalation_case_instalment_id_idx" ON "escalation_case"("instalment_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_dedupe_key_key" ON "outbox"("dedupe_key");

-- CreateIndex
CREATE INDEX "outbox_status_next_attempt_at_idx" ON "outbox"("status", "next_attempt_at");

-- CreateIndex
CREATE INDEX "outbox_anchor_key_idx" ON "outbox"("anchor_key");

-- CreateIndex
CREATE INDEX "audit_log_subject_type_subject_id_at_idx" ON "audit_log"("subject_type", "subject_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "audit_seal_audit_id_key" ON "audit_seal"("audit_id");

-- CreateIndex
CREATE UNIQUE INDEX "job_run_job_slot_key" ON "job_run"("job", "slot");

-- AddForeignKey
ALTER TABLE "app_user" ADD CONSTRAINT "app_user_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestone" ADD CONSTRAINT "milestone_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instalment" ADD CONSTRAINT "instalment_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instalment" ADD CONSTRAINT "instalment_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instalment" ADD CONSTRAINT "instalment_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instalment_revision" ADD CONSTRAINT "instalment_revision_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "postponement" ADD CONSTRAINT "postponement_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_receipt_id_fkey" FOREIGN KEY ("receipt_id") REFERENCES "receipt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_step" ADD CONSTRAINT "approval_step_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reminder" ADD CONSTRAINT "reminder_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "escalation_case" ADD CONSTRAINT "escalation_case_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_seal" ADD CONSTRAINT "audit_seal_audit_id_fkey" FOREIGN KEY ("audit_id") REFERENCES "audit_log"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Money (rules §4).
ALTER TABLE contract ADD CONSTRAINT contract_amount_check CHECK (amount > 0);
ALTER TABLE instalment
  ADD CONSTRAINT instalment_amount_check CHECK (amount > 0),
  ADD CONSTRAINT instalment_outstanding_check CHECK (outstanding >= 0 AND outstanding <= amount),
  ADD CONSTRAINT instalment_settled_check CHECK (lifecycle <> 'settled' OR outstanding = 0),
  ADD CONSTRAINT instalment_remind_days_check CHECK (remind_days_ahead BETWEEN 0 AND 90),
  ADD CONSTRAINT instalment_effective_due_check CHECK ((effective_due IS NULL) = (due_on IS NULL AND postponed_to IS NULL));
ALTER TABLE receipt
  ADD CONSTRAINT receipt_amount_check CHECK (amount > 0),
  ADD CONSTRAINT receipt_unapplied_check CHECK (unapplied >= 0 AND unapplied <= amount);
ALTER TABLE allocation
  ADD CONSTRAINT allocation_amount_check CHECK (amount > 0),
  ADD CONSTRAINT allocation_effective_check CHECK (status <> 'effective' OR (effective_on IS NOT NULL AND booked_at IS NOT NULL)),
  ADD CONSTRAINT allocation_released_check CHECK ((status = 'released') = (released_on IS NOT NULL));

-- A slip number counts once a customer while its receipt lives (rules §3).
CREATE UNIQUE INDEX receipt_slip_key ON receipt (customer_id, bank_slip_no)
  WHERE bank_slip_no IS NOT NULL AND status IN ('submitted', 'approved', 'partly_reversed');

-- One open approval a subject, one open case an instalment.
CREATE UNIQUE INDEX approval_open_key ON approval (subject_type, subject_id) WHERE status = 'open';
CREATE UNIQUE INDEX escalation_case_open_key ON escalation_case (instalment_id) WHERE closed_on IS NULL;

-- What the daily sweep looks for: open rows by the step they have reached and by their dates.
CREATE INDEX instalment_step_due_idx ON instalment (step_rank, effective_due) WHERE lifecycle = 'open';
CREATE INDEX instalment_first_remind_idx ON instalment (first_remind_on) WHERE lifecycle = 'open' AND step_rank = 0;
CREATE INDEX reminder_unlinked_idx ON reminder (recipient_id) WHERE status = 'pending' AND outbox_id IS NULL;
CREATE INDEX outbox_due_idx ON outbox (priority, next_attempt_at) WHERE status IN ('pending', 'sending');
CREATE INDEX app_user_home_stale_idx ON app_user (id) WHERE home_stale;

-- The trail is append-only.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
