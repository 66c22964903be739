-- CreateIndex
CREATE INDEX "import_key_subject_id_idx" ON "import_key"("subject_id");
