-- AlterTable
ALTER TABLE "attachment" ADD COLUMN     "alt_text" TEXT;
