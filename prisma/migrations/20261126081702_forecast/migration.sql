-- CreateTable
CREATE TABLE "forecast_week" (
    "id" UUID NOT NULL,
    "made_on" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "week_from" DATE NOT NULL,
    "week_to" DATE NOT NULL,
    "contract" BIGINT NOT NULL,
    "expected" BIGINT NOT NULL,
    "low" BIGINT NOT NULL,
    "high" BIGINT NOT NULL,

    CONSTRAINT "forecast_week_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "forecast_week_made_on_currency_week_from_key" ON "forecast_week"("made_on", "currency", "week_from");
