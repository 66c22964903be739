-- AlterTable
ALTER TABLE "contract" DROP COLUMN "end_told_days",
DROP COLUMN "end_told_for";

-- AlterTable
ALTER TABLE "reminder_rule" ADD COLUMN     "tone" TEXT NOT NULL DEFAULT 'plain';

-- ── By hand: what the schema cannot say ─────────────────────────────────────────────────────────────────

ALTER TABLE reminder_rule ADD CONSTRAINT reminder_rule_tone_check CHECK (tone IN ('plain', 'firm', 'urgent'));

-- As the ladders begin: what escalates is urgent, what is repeated asks to follow up.
UPDATE reminder_rule SET tone = CASE WHEN level IS NOT NULL THEN 'urgent' ELSE 'firm' END
WHERE applies_to IN ('normal', 'retention') AND (level IS NOT NULL OR repeat_every_days IS NOT NULL);
