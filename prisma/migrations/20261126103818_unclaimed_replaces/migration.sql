-- AlterTable
ALTER TABLE "unclaimed_money" ADD COLUMN     "replaces_id" UUID;
