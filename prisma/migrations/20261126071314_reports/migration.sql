-- CreateIndex
CREATE INDEX "allocation_effective_on_idx" ON "allocation"("effective_on");

-- CreateIndex
CREATE INDEX "allocation_released_on_idx" ON "allocation"("released_on");

-- CreateIndex
CREATE INDEX "instalment_revision_valid_from_idx" ON "instalment_revision"("valid_from");
