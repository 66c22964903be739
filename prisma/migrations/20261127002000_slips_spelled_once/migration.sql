-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Slip numbers as `asSlip` in src/domain/receipts/receipt.ts spells them: those from before it are known again by whoever brings
-- the same bank file, or types the slip, a second time. Of two living receipts of one customer whose slips differ in spelling
-- only, the first takes the one spelling, and the trail of the others says which it is: people decide whether one is too many.
WITH spelled AS (
  SELECT id, customer_id, number, bank_slip_no AS was,
    NULLIF(upper(regexp_replace(normalize(bank_slip_no, NFKC), '\s', '', 'g')), '') AS slip,
    status IN ('submitted', 'approved', 'partly_reversed') AS lives
  FROM receipt WHERE bank_slip_no IS NOT NULL
), ranked AS (
  SELECT s.*, first_value(s.id) OVER same AS first_id, first_value(s.number) OVER same AS first_number
  FROM spelled s WINDOW same AS (PARTITION BY s.customer_id, s.slip, s.lives ORDER BY s.was = s.slip DESC, s.id)
), changed AS (
  UPDATE receipt r SET bank_slip_no = k.slip FROM ranked k
  WHERE r.id = k.id AND k.was IS DISTINCT FROM k.slip AND (NOT k.lives OR k.slip IS NULL OR k.first_id = k.id)
  RETURNING r.id, k.was, k.slip
)
INSERT INTO audit_log (id, at, action, subject_type, subject_id, before, after)
SELECT gen_random_uuid(), now(), 'receipt.slip_spelled', 'receipt', c.id,
  jsonb_build_object('bankSlipNo', c.was), jsonb_build_object('bankSlipNo', c.slip) FROM changed c
UNION ALL
SELECT gen_random_uuid(), now(), 'receipt.slip_repeated', 'receipt', k.id, NULL,
  jsonb_build_object('bankSlipNo', k.was, 'number', k.first_number)
FROM ranked k WHERE k.lives AND k.slip IS NOT NULL AND k.first_id <> k.id;

WITH spelled AS (
  SELECT id, number, bank_slip_no AS was,
    NULLIF(upper(regexp_replace(normalize(bank_slip_no, NFKC), '\s', '', 'g')), '') AS slip,
    withdrawn_at IS NULL AS lives
  FROM unclaimed_money WHERE bank_slip_no IS NOT NULL
), ranked AS (
  SELECT s.*, first_value(s.id) OVER same AS first_id, first_value(s.number) OVER same AS first_number
  FROM spelled s WINDOW same AS (PARTITION BY s.slip, s.lives ORDER BY s.was = s.slip DESC, s.id)
), changed AS (
  UPDATE unclaimed_money u SET bank_slip_no = k.slip FROM ranked k
  WHERE u.id = k.id AND k.was IS DISTINCT FROM k.slip AND (NOT k.lives OR k.slip IS NULL OR k.first_id = k.id)
  RETURNING u.id, k.was, k.slip
)
INSERT INTO audit_log (id, at, action, subject_type, subject_id, before, after)
SELECT gen_random_uuid(), now(), 'unclaimed.slip_spelled', 'unclaimed', c.id,
  jsonb_build_object('bankSlipNo', c.was), jsonb_build_object('bankSlipNo', c.slip) FROM changed c
UNION ALL
SELECT gen_random_uuid(), now(), 'unclaimed.slip_repeated', 'unclaimed', k.id, NULL,
  jsonb_build_object('bankSlipNo', k.was, 'number', k.first_number)
FROM ranked k WHERE k.lives AND k.slip IS NOT NULL AND k.first_id <> k.id;

-- A file of money from before that was half in when a second person began to be asked about such files: it is asked about anew,
-- from its beginning (what is in is known and skipped), and its message shows no progress that nobody makes.
WITH begun AS (
  UPDATE import_job SET status = 'asked', cursor = 0, processed = 0, stop_asked = FALSE, lease_until = NULL, version = version + 1
  WHERE kind = 'opening' AND status IN ('asked', 'staging', 'ready') AND (cursor > 0 OR stop_asked)
  RETURNING id
)
INSERT INTO outbox (id, op, kind, dedupe_key, anchor_key, payload, recipient, priority, created_at)
SELECT gen_random_uuid(), 'update', 'import.job', o.dedupe_key || '#anew', o.dedupe_key, o.payload, o.recipient, o.priority, now()
FROM begun b JOIN outbox o ON o.dedupe_key = 'import.job:' || b.id AND o.op = 'post'
ON CONFLICT DO NOTHING;
