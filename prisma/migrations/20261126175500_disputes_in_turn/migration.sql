-- A promise that is not kept makes the dispute before it no younger: its first day stays, also while it is no dispute.
ALTER TABLE instalment
  DROP CONSTRAINT instalment_dispute_check,
  ADD CONSTRAINT instalment_dispute_check CHECK (NOT disputed OR disputed_on IS NOT NULL);
