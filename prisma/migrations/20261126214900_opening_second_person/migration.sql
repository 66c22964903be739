-- AlterEnum
ALTER TYPE "ImportStatus" ADD VALUE 'waiting' BEFORE 'running';

-- AlterTable
ALTER TABLE "import_job" ADD COLUMN     "money" JSONB;

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "import_id" UUID;

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import_job"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Started before a second person was asked about such a file: what is not in yet is started anew, and asked about.
UPDATE import_job SET status = 'ready', lease_until = NULL, version = version + 1
WHERE kind = 'opening' AND status = 'running';
