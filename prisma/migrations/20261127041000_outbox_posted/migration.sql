-- The posts of a key: in a channel under it, in DMs under it and a person (`key@person`). By bytes, so that they are a range.
CREATE INDEX outbox_posted_idx ON outbox (dedupe_key text_pattern_ops) WHERE op = 'post';
