-- CreateEnum
CREATE TYPE "ExportStatus" AS ENUM ('queued', 'running', 'done', 'refused', 'failed');

-- CreateTable
CREATE TABLE "export_job" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "ExportStatus" NOT NULL DEFAULT 'queued',
    "list" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "format" TEXT NOT NULL,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "export_job_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "export_job_user_id_idx" ON "export_job"("user_id");

-- CreateIndex
CREATE INDEX "export_job_status_idx" ON "export_job"("status");
