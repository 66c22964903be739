-- AlterTable
ALTER TABLE "instalment" ADD COLUMN     "begun_on" DATE,
ADD COLUMN     "money_from" DATE,
ADD COLUMN     "money_to" DATE,
ADD COLUMN     "paid_on" DATE,
ADD COLUMN     "terms_since" DATE;

-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "moved_on" DATE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- A report of an earlier day need not rebuild what has not changed since, nor what had not been paid at all: which rows
-- these are is kept with each row (src/domain/reports/standing.queries.ts). Triggers keep it, so that no writer can forget
-- it; they are statement by statement, and write only what differs.

CREATE FUNCTION in_force("InstalmentLifecycle") RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT $1 IN ('open', 'settled', 'written_off') $$;

-- Of each history: its first day, and the day from which it has said what the row says now.
CREATE VIEW instalment_terms AS
  SELECT s.id, MIN(s.valid_from) AS begun_on, MIN(s.valid_from) FILTER (WHERE s.still) AS terms_since
  FROM (
    SELECT i.id, v.valid_from, bool_and((v.amount, v.due_on, v.postponed_to, v.owner_id, in_force(v.lifecycle))
        IS NOT DISTINCT FROM (i.amount, i.due_on, i.postponed_to, i.owner_id, in_force(i.lifecycle)))
      OVER (PARTITION BY i.id ORDER BY v.recorded_at DESC, v.id DESC) AS still
    FROM instalment i JOIN instalment_revision v ON v.instalment_id = i.id) s
  GROUP BY s.id;

-- Of what was booked on each instalment, whether it still counts or not.
CREATE VIEW instalment_money AS
  SELECT x.id, MIN(x.day) AS money_from, MAX(GREATEST(x.day, x.until)) AS money_to, MAX(x.day) FILTER (WHERE x.counts) AS paid_on
  FROM (
    SELECT a.instalment_id AS id, a.effective_on AS day, a.released_on AS until, a.status = 'effective' AS counts
    FROM allocation a WHERE a.effective_on IS NOT NULL
    UNION ALL
    SELECT d.instalment_id, d.effective_on, NULL, FALSE FROM adjustment d WHERE d.effective_on IS NOT NULL) x
  GROUP BY x.id;

-- Of what became of each receipt after the day it came in.
CREATE VIEW receipt_moves AS
  SELECT r.id, MAX(x.day) AS moved_on
  FROM receipt r JOIN (
    SELECT a.receipt_id AS id, GREATEST(a.effective_on, a.released_on) AS day FROM allocation a WHERE a.effective_on IS NOT NULL
    UNION ALL
    SELECT m.reverses_id, m.received_on FROM receipt m WHERE m.reverses_id IS NOT NULL AND m.status = 'approved') x
    ON x.id = r.id AND x.day > r.received_on
  GROUP BY r.id;

-- By keys alone, and what is found once is kept: a plan made while the tables were empty, or for an import of thousands,
-- stays for what comes after.
CREATE FUNCTION keep_terms() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT c.instalment_id FROM changed c);
BEGIN
  WITH x AS MATERIALIZED (
    SELECT t.* FROM unnest(ids) AS u(id) CROSS JOIN LATERAL (SELECT * FROM instalment_terms v WHERE v.id = u.id OFFSET 0) t)
  UPDATE instalment i SET begun_on = x.begun_on, terms_since = x.terms_since FROM x
  WHERE i.id = ANY(ids) AND i.id = x.id AND (i.begun_on, i.terms_since) IS DISTINCT FROM (x.begun_on, x.terms_since);
  RETURN NULL;
END $$;

CREATE FUNCTION keep_money() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT c.instalment_id FROM changed c WHERE c.effective_on IS NOT NULL);
BEGIN
  IF ids = '{}' THEN RETURN NULL; END IF;
  WITH x AS MATERIALIZED (
    SELECT t.* FROM unnest(ids) AS u(id) CROSS JOIN LATERAL (SELECT * FROM instalment_money v WHERE v.id = u.id OFFSET 0) t)
  UPDATE instalment i SET money_from = x.money_from, money_to = x.money_to, paid_on = x.paid_on FROM x
  WHERE i.id = ANY(ids) AND i.id = x.id
    AND (i.money_from, i.money_to, i.paid_on) IS DISTINCT FROM (x.money_from, x.money_to, x.paid_on);
  RETURN NULL;
END $$;

CREATE FUNCTION keep_moves() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE ids uuid[];
BEGIN
  IF TG_TABLE_NAME = 'allocation' THEN
    ids := ARRAY(SELECT DISTINCT c.receipt_id FROM changed c WHERE c.effective_on IS NOT NULL);
  ELSE
    ids := ARRAY(SELECT DISTINCT c.reverses_id FROM changed c WHERE c.reverses_id IS NOT NULL AND c.status = 'approved');
  END IF;
  IF ids = '{}' THEN RETURN NULL; END IF;
  WITH x AS MATERIALIZED (
    SELECT t.* FROM unnest(ids) AS u(id) CROSS JOIN LATERAL (SELECT * FROM receipt_moves v WHERE v.id = u.id OFFSET 0) t)
  UPDATE receipt r SET moved_on = x.moved_on FROM x
  WHERE r.id = ANY(ids) AND r.id = x.id AND r.moved_on IS DISTINCT FROM x.moved_on;
  RETURN NULL;
END $$;

-- What is there already, each table once; the widest indexes are made anew behind it.
DROP INDEX instalment_order_idx;
DROP INDEX instalment_owner_idx;
UPDATE instalment i SET begun_on = t.begun_on, terms_since = t.terms_since, money_from = m.money_from, money_to = m.money_to,
  paid_on = m.paid_on
FROM instalment_terms t LEFT JOIN instalment_money m ON m.id = t.id WHERE i.id = t.id;
UPDATE receipt r SET moved_on = x.moved_on FROM receipt_moves x WHERE r.id = x.id;

CREATE TRIGGER instalment_revision_terms AFTER INSERT ON instalment_revision
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_terms();
CREATE TRIGGER allocation_made_money AFTER INSERT ON allocation
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_money();
CREATE TRIGGER allocation_changed_money AFTER UPDATE ON allocation
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_money();
CREATE TRIGGER adjustment_made_money AFTER INSERT ON adjustment
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_money();
CREATE TRIGGER adjustment_changed_money AFTER UPDATE ON adjustment
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_money();
CREATE TRIGGER allocation_made_moves AFTER INSERT ON allocation
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_moves();
CREATE TRIGGER allocation_changed_moves AFTER UPDATE ON allocation
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_moves();
CREATE TRIGGER receipt_made_moves AFTER INSERT ON receipt
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_moves();
CREATE TRIGGER receipt_changed_moves AFTER UPDATE ON receipt
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_moves();

-- As they were (20261126135500_report_indexes), with the facts above.
CREATE INDEX instalment_order_idx ON instalment (
  (CASE WHEN outstanding = 0 OR lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END), effective_due, id)
  INCLUDE (owner_id, contract_id, customer_id, lifecycle, currency, amount, outstanding, due_on, original_due_on, postponed_to,
    is_retention, terms_since, money_from, money_to, paid_on);
CREATE INDEX instalment_owner_idx ON instalment (
  owner_id, (CASE WHEN outstanding = 0 OR lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END), effective_due, id)
  INCLUDE (contract_id, customer_id, lifecycle, currency, amount, outstanding, due_on, original_due_on, postponed_to,
    first_remind_on, is_retention, terms_since, money_from, money_to, paid_on);
-- All that is open, for the sums of Home: a fraction of the pages of the lists' index. In words of its own, as no other
-- query is to be drawn to it: for anything else the rows themselves would have to be read.
CREATE INDEX instalment_open_idx ON instalment (currency, effective_due) INCLUDE (outstanding, is_retention)
  WHERE (lifecycle = 'open' AND outstanding > 0) IS TRUE;
-- What money moved on since a day, in a period, or was not there yet.
CREATE INDEX instalment_money_idx ON instalment (money_to, id)
  INCLUDE (owner_id, contract_id, customer_id, lifecycle, currency, amount, outstanding, effective_due, due_on, original_due_on,
    is_retention, terms_since, money_from, paid_on) WHERE money_to IS NOT NULL;
-- What was something else before, by until when; the planner is told how few they are.
CREATE INDEX instalment_turned_idx ON instalment (
  (CASE WHEN begun_on < COALESCE(terms_since, 'infinity') THEN COALESCE(terms_since, 'infinity') END), begun_on)
  WHERE (CASE WHEN begun_on < COALESCE(terms_since, 'infinity') THEN COALESCE(terms_since, 'infinity') END) IS NOT NULL;
CREATE STATISTICS instalment_turned ON
  (CASE WHEN begun_on < COALESCE(terms_since, 'infinity') THEN COALESCE(terms_since, 'infinity') END) FROM instalment;
-- Money in credit, and what moved after it had come in.
CREATE INDEX receipt_credit_idx ON receipt (received_on) INCLUDE (customer_id, contract_id, currency, unapplied, moved_on)
  WHERE unapplied > 0 AND status IN ('approved', 'partly_reversed');
CREATE INDEX receipt_moved_idx ON receipt (moved_on) WHERE moved_on > received_on;

-- What is known of an expression is known of its index: the planner asks at once.
ANALYZE instalment;
ANALYZE receipt;
