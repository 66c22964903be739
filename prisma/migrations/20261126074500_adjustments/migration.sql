-- CreateEnum
CREATE TYPE "AdjustmentKind" AS ENUM ('bad_debt', 'small_difference', 'recovery');

-- CreateEnum
CREATE TYPE "AdjustmentStatus" AS ENUM ('open', 'approved', 'rejected', 'withdrawn');

-- AlterTable
ALTER TABLE "allocation" ADD COLUMN     "recovery" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "adjustment" (
    "id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "kind" "AdjustmentKind" NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT,
    "status" "AdjustmentStatus" NOT NULL DEFAULT 'open',
    "undoes_id" UUID,
    "receipt_id" UUID,
    "effective_on" DATE,
    "booked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "adjustment_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "adjustment_instalment_id_idx" ON "adjustment"("instalment_id");

-- CreateIndex
CREATE INDEX "adjustment_effective_on_idx" ON "adjustment"("effective_on");

-- AddForeignKey
ALTER TABLE "adjustment" ADD CONSTRAINT "adjustment_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "adjustment" ADD CONSTRAINT "adjustment_undoes_id_fkey" FOREIGN KEY ("undoes_id") REFERENCES "adjustment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "adjustment" ADD CONSTRAINT "adjustment_receipt_id_fkey" FOREIGN KEY ("receipt_id") REFERENCES "receipt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand. One of an instalment waits at a time. What counts says since when; a recovery is posted
-- with its money and never waits; what is negative undoes something or is a recovery.
ALTER TABLE adjustment
  ADD CONSTRAINT adjustment_amount_check CHECK (amount <> 0),
  ADD CONSTRAINT adjustment_approved_check CHECK ((status = 'approved') = (effective_on IS NOT NULL AND booked_at IS NOT NULL)),
  ADD CONSTRAINT adjustment_recovery_check CHECK ((kind = 'recovery') = (receipt_id IS NOT NULL) AND (kind <> 'recovery' OR status = 'approved')),
  ADD CONSTRAINT adjustment_undo_check CHECK (kind = 'recovery' OR (amount < 0) = (undoes_id IS NOT NULL));
CREATE UNIQUE INDEX adjustment_open_key ON adjustment (instalment_id) WHERE status = 'open';

-- Written off means nothing is open.
ALTER TABLE instalment ADD CONSTRAINT instalment_written_off_check CHECK (lifecycle <> 'written_off' OR outstanding = 0);
