-- Rows that were overdue when they opened: looked at each minute, and few beside all others.
CREATE INDEX instalment_opened_late_idx ON instalment (opened_on) WHERE lifecycle = 'open' AND opened_on > effective_due;
