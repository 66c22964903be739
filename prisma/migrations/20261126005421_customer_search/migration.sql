-- DropIndex
DROP INDEX "customer_name_idx";

-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "search_grams" TEXT[];

-- CreateIndex
CREATE INDEX "customer_name_id_idx" ON "customer"("name", "id");

-- CreateIndex
CREATE INDEX "customer_updated_at_id_idx" ON "customer"("updated_at", "id");

-- CreateIndex
CREATE INDEX "customer_merged_into_id_idx" ON "customer"("merged_into_id");

-- CreateIndex
CREATE INDEX "customer_search_grams_idx" ON "customer" USING GIN ("search_grams");

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- As searchGramsOf in src/domain/search.ts.
UPDATE customer k SET search_grams = COALESCE((
  SELECT array_agg(DISTINCT gram) FROM generate_series(1, length(k.search_text)) place,
    LATERAL (VALUES (substr(k.search_text, place, 2)), (substr(k.search_text, place, 1))) pair(gram)
  WHERE gram !~ '\s' AND (length(gram) = 2 OR ascii(gram) > 127)), '{}');
ALTER TABLE customer ALTER COLUMN search_grams SET NOT NULL;

CREATE INDEX customer_code_lower_idx ON customer (lower(code));
-- The few contracts that may have something left to plan, among many that have not.
CREATE INDEX contract_to_plan_idx ON contract (owner_id, customer_id)
  WHERE deleted_at IS NULL AND (status IN ('draft', 'rejected') OR plan_incomplete);
-- Two customers of one name, whatever the width of letters and the spaces; as twinKey in src/domain/customers/customer.ts.
CREATE INDEX customer_twin_name_idx ON customer (lower(regexp_replace(normalize(name, NFKC), '\s', '', 'g')))
  WHERE deleted_at IS NULL;
