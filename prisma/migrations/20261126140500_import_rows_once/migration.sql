-- DropIndex
DROP INDEX "import_row_job_id_row_key_idx";

-- AlterTable
ALTER TABLE "import_row" DROP COLUMN "customer_id",
DROP COLUMN "done_at",
DROP COLUMN "subject_id";
