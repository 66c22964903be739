-- CreateIndex
CREATE INDEX "contract_amount_id_idx" ON "contract"("amount", "id");

-- CreateIndex
CREATE INDEX "instalment_effective_due_id_idx" ON "instalment"("effective_due", "id");

-- CreateIndex
CREATE INDEX "instalment_amount_id_idx" ON "instalment"("amount", "id");

-- CreateIndex
CREATE INDEX "receipt_contract_id_idx" ON "receipt"("contract_id");

-- CreateIndex
CREATE INDEX "receipt_received_on_id_idx" ON "receipt"("received_on", "id");

-- CreateIndex
CREATE INDEX "receipt_amount_id_idx" ON "receipt"("amount", "id");

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- As searchGramsOf in src/domain/search.ts: what an index over pairs of letters is made of.
CREATE FUNCTION search_grams(search_text text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(array_agg(DISTINCT gram), '{}') FROM generate_series(1, length($1)) place,
    LATERAL (VALUES (substr($1, place, 2)), (substr($1, place, 1))) pair(gram)
  WHERE gram !~ '\s' AND (length(gram) = 2 OR ascii(gram) > 127)
$$;
CREATE INDEX contract_search_idx ON contract USING GIN (search_grams(search_text));
CREATE INDEX receipt_search_idx ON receipt USING GIN (
  search_grams(lower(number || ' ' || COALESCE(payer_name, '') || ' ' || COALESCE(bank_slip_no, ''))));

-- Orders of lists, and states that few rows are in (src/domain/plans/instalment-search.queries.ts and its neighbours).
CREATE INDEX instalment_order_idx ON instalment (
  (lifecycle IN ('settled', 'written_off', 'cancelled')), effective_due, id) WHERE lifecycle <> 'cancelled';
CREATE INDEX instalment_unpaid_idx ON instalment (effective_due, id) WHERE lifecycle = 'open';
CREATE INDEX instalment_postponed_idx ON instalment (postponed_to) WHERE lifecycle = 'open' AND postponed_to IS NOT NULL;
CREATE INDEX instalment_rare_idx ON instalment (lifecycle) WHERE lifecycle IN ('inactive', 'written_off', 'cancelled');
CREATE INDEX contract_signed_idx ON contract (signed_on DESC NULLS LAST, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contract_rare_idx ON contract (status)
  WHERE deleted_at IS NULL AND status IN ('draft', 'pending_approval', 'rejected', 'void');
CREATE INDEX receipt_unapplied_idx ON receipt (customer_id) WHERE unapplied > 0;
