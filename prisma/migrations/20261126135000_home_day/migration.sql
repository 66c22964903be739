-- AlterTable
ALTER TABLE "app_user" ADD COLUMN     "home_day" DATE;
