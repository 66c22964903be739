-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "auto_apply_by" UUID;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Few customers have it, and they are looked for every minute of the morning.
CREATE INDEX customer_auto_apply_idx ON customer (id) WHERE auto_apply_by IS NOT NULL;
