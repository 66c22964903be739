-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "unclaimed_id" UUID;

-- CreateTable
CREATE TABLE "unclaimed_money" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "received_on" DATE NOT NULL,
    "payer_name" TEXT,
    "bank_slip_no" TEXT,
    "remark" TEXT,
    "recorded_by" UUID NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),
    "withdrawn_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "unclaimed_money_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "unclaimed_money_number_key" ON "unclaimed_money"("number");

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_unclaimed_id_fkey" FOREIGN KEY ("unclaimed_id") REFERENCES "unclaimed_money"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

ALTER TABLE unclaimed_money
  ADD CONSTRAINT unclaimed_money_amount_check CHECK (amount > 0),
  ADD CONSTRAINT unclaimed_money_withdrawn_check CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL));

-- Two people claim at once: one receipt lives.
CREATE UNIQUE INDEX receipt_unclaimed_key ON receipt (unclaimed_id)
  WHERE unclaimed_id IS NOT NULL AND status IN ('submitted', 'approved', 'partly_reversed');

-- One slip is recorded once, claimed or not.
CREATE UNIQUE INDEX unclaimed_slip_key ON unclaimed_money (bank_slip_no)
  WHERE bank_slip_no IS NOT NULL AND withdrawn_at IS NULL;
