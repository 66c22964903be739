-- CreateTable
CREATE TABLE "contract_void" (
    "id" UUID NOT NULL,
    "contract_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "ContractChangeStatus" NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" UUID NOT NULL,

    CONSTRAINT "contract_void_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "contract_void_contract_id_idx" ON "contract_void"("contract_id");

-- AddForeignKey
ALTER TABLE "contract_void" ADD CONSTRAINT "contract_void_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand. One of a contract waits at a time.
CREATE UNIQUE INDEX contract_void_open_key ON contract_void (contract_id) WHERE status = 'open';
