-- By hand: what the schema cannot say.

-- What is open, as reports of it group it: a customer's rows beside each other, and of these a contract's. So the sums of each
-- are made in one pass, without a table of all groups, and a few groups are looked up (src/domain/reports/standing.queries.ts).
CREATE INDEX instalment_standing_idx ON instalment (customer_id, contract_id)
  INCLUDE (owner_id, currency, outstanding, effective_due, due_on, original_due_on, is_retention, terms_since, money_to)
  WHERE lifecycle = 'open' AND outstanding > 0;
