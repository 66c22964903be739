-- Which receipt a message is about, by where it stands: asked of every file that is dropped into a thread.
CREATE INDEX outbox_receipt_thread_idx ON outbox (channel, ts)
  WHERE op = 'post' AND kind IN ('receipt.card', 'receipt.decided', 'approval.question_dm');
