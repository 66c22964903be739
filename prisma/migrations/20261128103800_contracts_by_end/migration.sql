-- Lists of contracts by the day of their end.
CREATE INDEX contract_end_idx ON contract (ends_on, id) WHERE deleted_at IS NULL;
