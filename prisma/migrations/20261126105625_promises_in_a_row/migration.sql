-- AlterTable
ALTER TABLE "instalment" ADD COLUMN     "promise_count" INTEGER NOT NULL DEFAULT 0;
