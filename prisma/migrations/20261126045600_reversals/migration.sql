-- CreateIndex
CREATE INDEX "receipt_reverses_id_idx" ON "receipt"("reverses_id");

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_reverses_id_fkey" FOREIGN KEY ("reverses_id") REFERENCES "receipt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand. What takes money back names the receipt that it takes from, and one of a receipt waits at a time: what its
-- card shows is then what is booked.
ALTER TABLE receipt ADD CONSTRAINT receipt_reverses_check CHECK ((kind IN ('refund', 'reversal')) = (reverses_id IS NOT NULL));
CREATE UNIQUE INDEX receipt_movement_key ON receipt (reverses_id) WHERE status = 'submitted';
