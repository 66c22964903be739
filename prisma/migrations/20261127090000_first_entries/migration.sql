-- A history's first entry says what its row says, and whoever makes both at once writes the row so: of an import's rows,
-- each history was read again to find that. As before for every other entry (20261126170500_report_facts).
CREATE OR REPLACE FUNCTION keep_terms() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT c.instalment_id FROM changed c JOIN instalment i ON i.id = c.instalment_id
  WHERE (i.begun_on = c.valid_from AND i.terms_since = c.valid_from
    AND (c.amount, c.due_on, c.postponed_to, c.owner_id, in_force(c.lifecycle))
      IS NOT DISTINCT FROM (i.amount, i.due_on, i.postponed_to, i.owner_id, in_force(i.lifecycle))
    AND NOT EXISTS (SELECT 1 FROM instalment_revision v WHERE v.instalment_id = c.instalment_id AND v.id <> c.id)) IS NOT TRUE);
BEGIN
  IF ids = '{}' THEN RETURN NULL; END IF;
  WITH x AS MATERIALIZED (
    SELECT t.* FROM unnest(ids) AS u(id) CROSS JOIN LATERAL (SELECT * FROM instalment_terms v WHERE v.id = u.id OFFSET 0) t)
  UPDATE instalment i SET begun_on = x.begun_on, terms_since = x.terms_since FROM x
  WHERE i.id = ANY(ids) AND i.id = x.id AND (i.begun_on, i.terms_since) IS DISTINCT FROM (x.begun_on, x.terms_since);
  RETURN NULL;
END $$;
