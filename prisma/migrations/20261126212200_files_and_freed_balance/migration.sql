-- AlterTable
ALTER TABLE "attachment" ADD COLUMN     "fetch_at" TIMESTAMPTZ(3),
ADD COLUMN     "fetch_attempts" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "instalment" ADD COLUMN     "freed_left" BIGINT;

-- AlterTable
ALTER TABLE "postponement" ADD COLUMN     "counts" BOOLEAN NOT NULL DEFAULT true;

-- CreateIndex
CREATE INDEX "attachment_fetch_at_idx" ON "attachment"("fetch_at");

-- Files of before: fetched now, as far as Slack still has them.
UPDATE "attachment" SET "fetch_at" = 'epoch'
  WHERE "bytes" IS NULL AND "owner_type" IN ('customer', 'contract', 'receipt', 'unclaimed');

ALTER TABLE "instalment" ADD CONSTRAINT "instalment_freed_left_check" CHECK ("freed_left" BETWEEN 0 AND "amount");
