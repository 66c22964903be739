-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Messages go out in the order in which they were written: one that had to wait a second keeps its place.
DROP INDEX outbox_due_idx;
CREATE INDEX outbox_due_idx ON outbox (priority, id) WHERE status IN ('pending', 'sending');
