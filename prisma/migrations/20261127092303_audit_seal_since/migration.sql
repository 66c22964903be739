-- AlterTable
ALTER TABLE "audit_seal" ADD COLUMN     "since" TIMESTAMPTZ(3);
