-- By hand: what the schema cannot say.

-- How often a key stands there was forgotten when it came to be compared byte by byte (20261127200500_keys_by_bytes): until it
-- is counted, an import's first batch is looked up by guesses.
ANALYZE "import_key";
