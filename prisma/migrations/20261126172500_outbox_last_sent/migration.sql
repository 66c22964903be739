-- By hand. Whether anything has arrived since a failure: the last message that was sent to a person or channel.
CREATE INDEX outbox_sent_idx ON outbox (recipient, id) WHERE status = 'sent';
