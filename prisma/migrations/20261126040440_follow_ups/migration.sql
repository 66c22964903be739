-- CreateEnum
CREATE TYPE "FollowUpKind" AS ENUM ('call', 'visit', 'message', 'mail', 'letter', 'other');

-- CreateEnum
CREATE TYPE "FollowUpResult" AS ENUM ('promised', 'disputed', 'no_answer', 'paying', 'refused');

-- AlterTable
ALTER TABLE "instalment" ADD COLUMN     "block_reason" TEXT,
ADD COLUMN     "broken_on" DATE,
ADD COLUMN     "dispute_told" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "disputed_on" DATE,
ADD COLUMN     "next_contact_on" DATE,
ADD COLUMN     "promised_amount" BIGINT,
ADD COLUMN     "promised_left" BIGINT,
ADD COLUMN     "promised_on" DATE;

-- CreateTable
CREATE TABLE "follow_up" (
    "id" UUID NOT NULL,
    "instalment_id" UUID NOT NULL,
    "kind" "FollowUpKind" NOT NULL,
    "content" TEXT,
    "result" "FollowUpResult",
    "promised_on" DATE,
    "promised_amount" BIGINT,
    "reason" TEXT,
    "pause_until" DATE,
    "next_on" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "follow_up_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "follow_up_instalment_id_id_idx" ON "follow_up"("instalment_id", "id");

-- AddForeignKey
ALTER TABLE "follow_up" ADD CONSTRAINT "follow_up_instalment_id_fkey" FOREIGN KEY ("instalment_id") REFERENCES "instalment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

-- A promise is a day, an amount and what is left once it is kept.
ALTER TABLE instalment
  ADD CONSTRAINT instalment_promise_check CHECK (
    (promised_on IS NULL) = (promised_amount IS NULL) AND (promised_on IS NULL) = (promised_left IS NULL)),
  ADD CONSTRAINT instalment_promised_amount_check CHECK (promised_amount > 0 AND promised_left >= 0),
  ADD CONSTRAINT instalment_dispute_check CHECK (disputed = (disputed_on IS NOT NULL));
ALTER TABLE follow_up
  ADD CONSTRAINT follow_up_promise_check CHECK (
    (COALESCE(result = 'promised', false)) = (promised_on IS NOT NULL AND promised_amount > 0)),
  ADD CONSTRAINT follow_up_dispute_check CHECK (
    (COALESCE(result = 'disputed', false)) = (reason IS NOT NULL AND pause_until IS NOT NULL));

-- The few open rows of which a morning asks: promises whose day has come, disputes, next contacts.
CREATE INDEX instalment_promised_idx ON instalment (promised_on) WHERE lifecycle = 'open' AND promised_on IS NOT NULL;
CREATE INDEX instalment_disputed_idx ON instalment (disputed_on) WHERE lifecycle = 'open' AND disputed;
CREATE INDEX instalment_contact_idx ON instalment (next_contact_on)
  WHERE lifecycle = 'open' AND next_contact_on IS NOT NULL;

-- Written once, never changed.
CREATE TRIGGER follow_up_append_only BEFORE UPDATE OR DELETE ON follow_up FOR EACH ROW EXECUTE FUNCTION refuse_change();
