-- By hand: what the schema cannot say.

-- What is only looked up is compared byte by byte: in the order of a language, each comparison takes many times as long, and
-- an index over pairs of letters makes a hundred for each row that is written. No list is in the order of any of these.
ALTER TABLE "customer" ALTER COLUMN "search_grams" TYPE TEXT[] COLLATE "C";
ALTER TABLE "contract" ALTER COLUMN "search_text" TYPE TEXT COLLATE "C";
ALTER TABLE "import_key" ALTER COLUMN "key" TYPE TEXT COLLATE "C";

-- How many rows hold a pair is forgotten with that.
ANALYZE "customer";
ANALYZE "contract";
