-- AlterTable
ALTER TABLE "allocation" ADD COLUMN     "released_at" TIMESTAMPTZ(3);
