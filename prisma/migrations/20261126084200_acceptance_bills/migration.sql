-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "bill_due_on" DATE,
ADD COLUMN     "bill_no" TEXT,
ADD COLUMN     "bill_told_days" INTEGER;

-- By hand. Bills that fall due, for the morning's reminder.
CREATE INDEX receipt_bill_due_idx ON receipt (bill_due_on) WHERE bill_due_on IS NOT NULL;
