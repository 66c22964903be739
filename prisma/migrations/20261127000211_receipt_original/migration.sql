-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "bank_txn_id" TEXT,
ADD COLUMN     "original_amount" BIGINT,
ADD COLUMN     "original_currency" TEXT,
ADD COLUMN     "rate" TEXT;

-- What came in is an amount of another currency, or nothing is said of it.
ALTER TABLE receipt
  ADD CONSTRAINT receipt_original_check CHECK (
    (original_amount IS NULL) = (original_currency IS NULL) AND (original_amount IS NULL) = (rate IS NULL)
    AND (original_amount IS NULL OR (original_amount > 0 AND original_currency <> currency)));

-- The bank's own number lives once a customer, as the slip's.
CREATE UNIQUE INDEX receipt_txn_key ON receipt (customer_id, bank_txn_id)
  WHERE bank_txn_id IS NOT NULL AND status IN ('submitted', 'approved', 'partly_reversed');

-- Whose else a slip, a transfer or a bill is, for the warnings of finance's card.
CREATE INDEX receipt_slip_number_idx ON receipt (bank_slip_no) WHERE bank_slip_no IS NOT NULL;
CREATE INDEX receipt_txn_number_idx ON receipt (bank_txn_id) WHERE bank_txn_id IS NOT NULL;
CREATE INDEX receipt_bill_number_idx ON receipt (bill_no) WHERE bill_no IS NOT NULL;
