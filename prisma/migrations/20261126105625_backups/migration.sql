-- CreateEnum
CREATE TYPE "BackupStatus" AS ENUM ('queued', 'running', 'done', 'failed');

-- CreateTable
CREATE TABLE "backup" (
    "id" UUID NOT NULL,
    "due_on" DATE,
    "requested_by" UUID,
    "status" "BackupStatus" NOT NULL DEFAULT 'queued',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "path" TEXT,
    "bytes" BIGINT,
    "rows" INTEGER,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "backup_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "backup_due_on_key" ON "backup"("due_on");

-- CreateIndex
CREATE INDEX "backup_status_idx" ON "backup"("status");

-- CreateIndex
CREATE INDEX "backup_created_at_idx" ON "backup"("created_at");
