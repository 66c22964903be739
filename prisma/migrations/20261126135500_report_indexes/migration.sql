-- By hand: what the schema cannot say.

-- Reports of what is open are read from the indexes of the lists (20261126081500_list_indexes), which hold all that
-- rows are grouped and narrowed by.
DROP INDEX instalment_order_idx;
DROP INDEX instalment_owner_idx;
CREATE INDEX instalment_order_idx ON instalment (
  (CASE WHEN outstanding = 0 OR lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END), effective_due, id)
  INCLUDE (owner_id, contract_id, customer_id, lifecycle, currency, amount, outstanding, due_on, original_due_on, postponed_to, is_retention);
CREATE INDEX instalment_owner_idx ON instalment (
  owner_id, (CASE WHEN outstanding = 0 OR lifecycle IN ('written_off', 'cancelled') THEN 1 ELSE 0 END), effective_due, id)
  INCLUDE (contract_id, customer_id, lifecycle, currency, amount, outstanding, due_on, original_due_on, postponed_to, first_remind_on, is_retention);

-- What is known of an expression is known of its index: the planner asks at once.
ANALYZE instalment;
