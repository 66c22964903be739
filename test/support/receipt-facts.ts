// A receipt as views see it, for tests: waiting for finance, unless told otherwise.
import { localDate } from '../../src/domain/local-date.js';
import type { AskedReceipt } from '../../src/domain/receipts/receipt-facts.queries.js';
import { anApproval } from './approval-details.js';

const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const DAY = localDate('2026-11-20');
const person = (name: string) => ({ id: ID, name });

export const aReceipt = (more: Partial<AskedReceipt> = {}): AskedReceipt => ({
  id: ID,
  version: 3,
  number: 'HK-20261120-001',
  kind: 'payment',
  status: 'submitted',
  amount: 300_000_00n,
  currency: 'CNY',
  unapplied: 0n,
  method: 'transfer',
  receivedOn: DAY,
  payerName: '星海重工',
  bankSlipNo: 'SLIP-1',
  bankTxnId: null,
  original: null,
  rate: null,
  billNo: null,
  billDueOn: null,
  remark: null,
  splitByHand: false,
  unclaimedId: null,
  claims: null,
  customerId: ID,
  customerName: '星海重工',
  contractId: ID,
  contractNumber: 'HT-2026-0001',
  contractName: '冲压线',
  instalmentId: ID,
  recordedById: 'owner',
  lastEditedById: 'owner',
  recorderName: '李销售',
  lines: [
    {
      instalmentId: ID,
      ownerId: 'owner',
      contractNumber: 'HT-2026-0001',
      seq: 2,
      amount: 300_000_00n,
      outstanding: 300_000_00n,
      state: 'open',
      recovery: false,
      smallRest: false,
    },
  ],
  attachmentIds: [],
  attachmentNames: [],
  approval: anApproval({
    id: ID,
    decidedAt: new Date('2026-11-20T02:32:00Z'),
    approvers: [person('王财务'), person('赵财务')],
    question: {
      mode: 'any',
      roles: ['finance', 'finance_manager'],
      ids: [],
      namedIds: [],
      approvedIds: [],
      laterRoles: [],
      involvedIds: ['owner'],
      earlierIds: [],
    },
  }),
  agreedByName: null,
  warnings: [],
  predecessor: null,
  successor: null,
  reversed: [],
  reversal: null,
  reallocation: null,
  ...more,
});
