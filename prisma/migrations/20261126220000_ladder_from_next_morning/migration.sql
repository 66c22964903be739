-- AlterTable
ALTER TABLE "reminder_rule" ADD COLUMN     "changed_on" DATE,
ADD COLUMN     "rule_before" JSONB;
