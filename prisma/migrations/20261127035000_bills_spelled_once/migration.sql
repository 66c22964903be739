-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- Bill numbers as `asSlip` in src/domain/receipts/receipt.ts spells them: a bill from before it is asked about, as every other,
-- when it comes a second time.
WITH spelled AS (
  SELECT id, bill_no AS was, NULLIF(upper(regexp_replace(normalize(bill_no, NFKC), '\s', '', 'g')), '') AS bill
  FROM receipt WHERE bill_no IS NOT NULL
), changed AS (
  UPDATE receipt r SET bill_no = s.bill FROM spelled s WHERE r.id = s.id AND s.was IS DISTINCT FROM s.bill
  RETURNING r.id, s.was, s.bill
)
INSERT INTO audit_log (id, at, action, subject_type, subject_id, before, after)
SELECT gen_random_uuid(), now(), 'receipt.bill_spelled', 'receipt', c.id,
  jsonb_build_object('billNo', c.was), jsonb_build_object('billNo', c.bill) FROM changed c;
