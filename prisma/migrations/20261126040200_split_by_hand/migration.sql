-- AlterTable
ALTER TABLE "receipt" ADD COLUMN     "split_by_hand" BOOLEAN NOT NULL DEFAULT false;
