-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "quiet_from" TEXT,
ADD COLUMN     "quiet_to" TEXT,
ADD COLUMN     "remind_at" TEXT;

ALTER TABLE app_user
  ADD CONSTRAINT app_user_remind_at_check CHECK (remind_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  ADD CONSTRAINT app_user_quiet_check CHECK (
    (quiet_from IS NULL AND quiet_to IS NULL)
    OR (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
      AND quiet_from <> quiet_to));
