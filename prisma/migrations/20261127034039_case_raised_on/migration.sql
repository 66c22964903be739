-- AlterTable
ALTER TABLE "escalation_case" ADD COLUMN "raised_on" DATE;

-- Until now nobody wrote it down: the day it opened is the latest that is known for sure.
UPDATE "escalation_case" SET "raised_on" = "opened_on";

ALTER TABLE "escalation_case" ALTER COLUMN "raised_on" SET NOT NULL;
