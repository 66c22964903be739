-- As before, and the cards of money that nobody has claimed: vouchers are dropped into their threads too.
DROP INDEX outbox_receipt_thread_idx;
CREATE INDEX outbox_voucher_thread_idx ON outbox (channel, ts)
  WHERE op = 'post' AND kind IN ('receipt.card', 'receipt.decided', 'approval.question_dm', 'unclaimed.card');
