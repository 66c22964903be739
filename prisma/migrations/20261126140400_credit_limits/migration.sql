-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "credit_limit" BIGINT;

-- CreateIndex
CREATE INDEX "contract_finance_owner_id_id_idx" ON "contract"("finance_owner_id", "id");

-- By hand.
ALTER TABLE customer ADD CONSTRAINT customer_credit_limit_check CHECK (credit_limit >= 0);
