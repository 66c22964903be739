-- CreateIndex
CREATE INDEX "follow_up_created_at_instalment_id_idx" ON "follow_up"("created_at", "instalment_id");

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- What reports ask of promises and follow-ups, among a million rows as among ten.
CREATE INDEX instalment_broken_idx ON instalment (broken_on) WHERE lifecycle = 'open' AND broken_on IS NOT NULL;
CREATE INDEX follow_up_promised_idx ON follow_up (promised_on) WHERE result = 'promised';
