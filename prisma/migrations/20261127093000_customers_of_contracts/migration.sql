-- Whose contracts are with which customers, by the index alone: each letter that is typed into a choice of customers asks it.
CREATE INDEX contract_owner_customer_idx ON contract (owner_id, customer_id) WHERE deleted_at IS NULL;
