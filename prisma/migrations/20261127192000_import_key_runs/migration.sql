-- AlterTable
ALTER TABLE "import_key" ADD COLUMN     "last_line" INTEGER;
