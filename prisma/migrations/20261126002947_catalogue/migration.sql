-- CreateEnum
CREATE TYPE "ContractChangeStatus" AS ENUM ('open', 'approved', 'rejected', 'withdrawn');

-- CreateEnum
CREATE TYPE "PostponementStatus" AS ENUM ('open', 'approved', 'rejected', 'withdrawn');

-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "department_id" UUID;

-- AlterTable
ALTER TABLE "contract" ADD COLUMN     "completed_on" DATE,
ADD COLUMN     "ends_on" DATE,
ADD COLUMN     "parent_contract_id" UUID,
ADD COLUMN     "starts_on" DATE,
ADD COLUMN     "void_reason" TEXT,
ADD COLUMN     "voided_on" DATE;

-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "default_template_id" UUID,
ADD COLUMN     "default_term_days" INTEGER,
ADD COLUMN     "merged_into_id" UUID,
ADD COLUMN     "related_payers" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "milestone" ADD COLUMN     "confirmed_by" UUID,
ADD COLUMN     "evidence" TEXT;

-- AlterTable
ALTER TABLE "postponement" ADD COLUMN     "approval_id" UUID,
ADD COLUMN     "status" "PostponementStatus" NOT NULL DEFAULT 'approved';

-- CreateTable
CREATE TABLE "department" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id" UUID,
    "director_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "department_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_event" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "happened_on" DATE NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "customer_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract_change" (
    "id" UUID NOT NULL,
    "contract_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "amount_delta" BIGINT NOT NULL,
    "status" "ContractChangeStatus" NOT NULL DEFAULT 'open',
    "approval_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "contract_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_template" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "contract_types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "customer_types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "rounding" TEXT NOT NULL DEFAULT 'fen',
    "currency" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_by" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" UUID,
    "delete_reason" TEXT,

    CONSTRAINT "plan_template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_template_line" (
    "id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "share_bp" INTEGER,
    "fixed_amount" BIGINT,
    "is_remainder" BOOLEAN NOT NULL DEFAULT false,
    "anchor_kind" TEXT NOT NULL,
    "anchor_offset" JSONB NOT NULL,
    "roll" TEXT NOT NULL DEFAULT 'none',
    "remind_days_ahead" INTEGER NOT NULL DEFAULT 7,
    "is_retention" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "plan_template_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "form_draft" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "form" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "form_draft_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "department_name_key" ON "department"("name");

-- CreateIndex
CREATE INDEX "department_parent_id_idx" ON "department"("parent_id");

-- CreateIndex
CREATE INDEX "customer_event_customer_id_happened_on_idx" ON "customer_event"("customer_id", "happened_on");

-- CreateIndex
CREATE UNIQUE INDEX "contract_change_contract_id_no_key" ON "contract_change"("contract_id", "no");

-- CreateIndex
CREATE UNIQUE INDEX "plan_template_line_template_id_seq_key" ON "plan_template_line"("template_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "form_draft_user_id_form_key" ON "form_draft"("user_id", "form");

-- CreateIndex
CREATE INDEX "app_user_department_id_idx" ON "app_user"("department_id");

-- CreateIndex
CREATE INDEX "contract_parent_contract_id_idx" ON "contract"("parent_contract_id");

-- CreateIndex
CREATE INDEX "customer_tax_no_idx" ON "customer"("tax_no");

-- AddForeignKey
ALTER TABLE "department" ADD CONSTRAINT "department_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "department"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_user" ADD CONSTRAINT "app_user_department_id_fkey" FOREIGN KEY ("department_id") REFERENCES "department"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_default_template_id_fkey" FOREIGN KEY ("default_template_id") REFERENCES "plan_template"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer" ADD CONSTRAINT "customer_merged_into_id_fkey" FOREIGN KEY ("merged_into_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customer_event" ADD CONSTRAINT "customer_event_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_parent_contract_id_fkey" FOREIGN KEY ("parent_contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract_change" ADD CONSTRAINT "contract_change_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_template_line" ADD CONSTRAINT "plan_template_line_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "plan_template"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

ALTER TABLE customer ADD CONSTRAINT customer_term_days_check CHECK (default_term_days BETWEEN 0 AND 3650);
ALTER TABLE contract
  ADD CONSTRAINT contract_term_check CHECK (ends_on >= starts_on),
  ADD CONSTRAINT contract_void_check CHECK ((status = 'void') = (voided_on IS NOT NULL));
ALTER TABLE plan_template
  ADD CONSTRAINT plan_template_rounding_check CHECK (rounding IN ('fen', 'yuan'));
ALTER TABLE plan_template_line
  ADD CONSTRAINT plan_template_line_amount_check
    CHECK ((share_bp IS NOT NULL)::int + (fixed_amount IS NOT NULL)::int + is_remainder::int = 1),
  ADD CONSTRAINT plan_template_line_share_check CHECK (share_bp BETWEEN 1 AND 10000),
  ADD CONSTRAINT plan_template_line_fixed_check CHECK (fixed_amount > 0),
  ADD CONSTRAINT plan_template_line_roll_check CHECK (roll IN ('none', 'next_workday', 'previous_workday')),
  ADD CONSTRAINT plan_template_line_remind_check CHECK (remind_days_ahead BETWEEN 0 AND 90);

-- A code names one living template; one open amendment a contract, one open postponement an instalment.
CREATE UNIQUE INDEX plan_template_code_key ON plan_template (code) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX contract_change_open_key ON contract_change (contract_id) WHERE status = 'open';
CREATE UNIQUE INDEX postponement_open_key ON postponement (instalment_id) WHERE status = 'open';

-- Rows that move when a milestone does.
CREATE INDEX instalment_anchor_idx ON instalment (contract_id, anchor_kind) WHERE anchor_kind IS NOT NULL;
