-- AlterTable
ALTER TABLE "job_run" ADD COLUMN     "lease_until" TIMESTAMPTZ(3);
