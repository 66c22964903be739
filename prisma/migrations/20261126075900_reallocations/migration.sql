-- CreateEnum
CREATE TYPE "ReallocationStatus" AS ENUM ('open', 'approved', 'rejected', 'withdrawn');

-- CreateTable
CREATE TABLE "reallocation" (
    "id" UUID NOT NULL,
    "receipt_id" UUID NOT NULL,
    "receipt_version" INTEGER NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "left" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "ReallocationStatus" NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "reallocation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "reallocation_receipt_id_idx" ON "reallocation"("receipt_id");

-- AddForeignKey
ALTER TABLE "reallocation" ADD CONSTRAINT "reallocation_receipt_id_fkey" FOREIGN KEY ("receipt_id") REFERENCES "receipt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand. One of a receipt waits at a time.
CREATE UNIQUE INDEX reallocation_open_key ON reallocation (receipt_id) WHERE status = 'open';
