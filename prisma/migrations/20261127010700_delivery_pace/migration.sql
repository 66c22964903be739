-- CreateTable
CREATE TABLE "delivery_pace" (
    "key" TEXT NOT NULL,
    "free_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "delivery_pace_pkey" PRIMARY KEY ("key")
);

-- A few rows that change several times a second.
ALTER TABLE "delivery_pace" SET (fillfactor = 50);
