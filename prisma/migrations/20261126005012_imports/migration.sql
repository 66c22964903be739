-- CreateEnum
CREATE TYPE "ImportStatus" AS ENUM ('asked', 'staging', 'ready', 'running', 'stopped', 'done', 'failed');

-- CreateTable
CREATE TABLE "import_job" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "ImportStatus" NOT NULL DEFAULT 'asked',
    "kind" TEXT,
    "slack_file_id" TEXT,
    "file_name" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "format" TEXT,
    "sha256" TEXT,
    "header" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "sample" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "mapping" JSONB,
    "options" JSONB,
    "total" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "processed" INTEGER NOT NULL DEFAULT 0,
    "cursor" INTEGER NOT NULL DEFAULT 0,
    "stop_asked" BOOLEAN NOT NULL DEFAULT false,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "import_job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_row" (
    "job_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "group_line" INTEGER NOT NULL,
    "row_key" TEXT NOT NULL,
    "cells" TEXT[],
    "fields" JSONB,
    "outcome" TEXT,
    "errors" JSONB,
    "owner_id" UUID,
    "customer_id" UUID,
    "subject_id" UUID,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_row_pkey" PRIMARY KEY ("job_id","line")
);

-- CreateTable
CREATE TABLE "import_key" (
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "import_key_pkey" PRIMARY KEY ("kind","key")
);

-- CreateTable
CREATE TABLE "import_mapping" (
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "header_key" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "options" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "import_mapping_pkey" PRIMARY KEY ("user_id","kind","header_key")
);

-- CreateIndex
CREATE UNIQUE INDEX "import_job_slack_file_id_key" ON "import_job"("slack_file_id");

-- CreateIndex
CREATE INDEX "import_job_user_id_idx" ON "import_job"("user_id");

-- CreateIndex
CREATE INDEX "import_row_job_id_group_line_idx" ON "import_row"("job_id", "group_line");

-- CreateIndex
CREATE INDEX "import_row_job_id_row_key_idx" ON "import_row"("job_id", "row_key");

-- AddForeignKey
ALTER TABLE "import_row" ADD CONSTRAINT "import_row_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "import_job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the runner asks every few seconds.
CREATE INDEX import_job_running_idx ON import_job (created_at) WHERE status = 'running';
