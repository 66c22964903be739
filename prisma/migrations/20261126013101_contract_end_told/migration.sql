-- AlterTable
ALTER TABLE "contract" ADD COLUMN     "end_told_days" INTEGER,
ADD COLUMN     "end_told_for" DATE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- What ends soon is looked for every minute of the morning.
CREATE INDEX contract_ending_idx ON contract (ends_on) WHERE status = 'active' AND deleted_at IS NULL;
