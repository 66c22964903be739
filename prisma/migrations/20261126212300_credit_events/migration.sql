-- CreateTable
CREATE TABLE "credit_event" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "from_limit" BIGINT,
    "to_limit" BIGINT,
    "reason" TEXT,
    "evidence" JSONB,
    "status" "ContractChangeStatus" NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "credit_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "credit_event_customer_id_idx" ON "credit_event"("customer_id");

-- AddForeignKey
ALTER TABLE "credit_event" ADD CONSTRAINT "credit_event_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand.
CREATE UNIQUE INDEX "credit_event_open_key" ON "credit_event"("customer_id") WHERE "status" = 'open';
ALTER TABLE "credit_event" ADD CONSTRAINT "credit_event_limits_check" CHECK ("from_limit" >= 0 AND "to_limit" >= 0);
