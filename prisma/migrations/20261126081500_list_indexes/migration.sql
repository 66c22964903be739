-- DropIndex
DROP INDEX "customer_owner_id_idx";

-- DropIndex
DROP INDEX "receipt_recorded_by_idx";

-- CreateIndex
CREATE INDEX "customer_owner_id_id_idx" ON "customer"("owner_id", "id");

-- CreateIndex
CREATE INDEX "receipt_recorded_by_id_customer_id_idx" ON "receipt"("recorded_by", "id", "customer_id");

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Lists of instalments (src/domain/plans/instalment-search.queries.ts) are counted, summed and turned without touching
-- the rows: everything that narrows them is in the index of their order, of all and of each owner.
DROP INDEX instalment_order_idx;
DROP INDEX instalment_unpaid_idx;
CREATE INDEX instalment_order_idx ON instalment (
  (CASE WHEN outstanding = 0 OR lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END), effective_due, id)
  INCLUDE (owner_id, contract_id, lifecycle, currency, amount, outstanding, due_on, postponed_to);
CREATE INDEX instalment_owner_idx ON instalment (
  owner_id, (CASE WHEN outstanding = 0 OR lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END), effective_due, id)
  INCLUDE (contract_id, lifecycle, currency, amount, outstanding, due_on, postponed_to, first_remind_on, is_retention, customer_id);

-- What came in this month (Home).
CREATE INDEX allocation_effective_idx ON allocation (effective_on) INCLUDE (instalment_id, amount) WHERE status = 'effective';
