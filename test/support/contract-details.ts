// A contract as its card shows it, for view tests: three rows of ¥100.00 in draft.
import type { ContractDetails } from '../../src/domain/contracts/contract.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import type { InstalmentRowData } from '../../src/domain/plans/instalment.queries.js';

const ID = '0190a0a0-0000-7000-8000-00000000000';

/** One row of it. */
export const aRow = (seq: number, more: Partial<InstalmentRowData> = {}): InstalmentRowData => ({
  id: `${ID}1`,
  version: 1,
  seq,
  name: `第${seq}期`,
  customerId: `${ID}2`,
  customerName: '客户',
  customerCode: 'KH-0001',
  contractId: `${ID}3`,
  contractNumber: 'HT-2026-0001',
  contractName: '合同',
  contractStatus: 'draft',
  ownerId: 'rep',
  ownerName: 'rep',
  amount: 100_00n,
  outstanding: 100_00n,
  currency: 'CNY',
  proposed: 0n,
  state: 'inactive',
  dueOn: localDate('2026-12-01'),
  effectiveDue: localDate('2026-12-01'),
  postponedTo: null,
  blockUntil: null,
  pendingTo: null,
  disputed: false,
  isRetention: false,
  anchorKind: null,
  anchorOffset: null,
  waiting: null,
  ...more,
});

/** The contract, with whatever the test is about. */
export const aContract = (more: Partial<ContractDetails> = {}): ContractDetails => ({
  id: `${ID}3`,
  number: 'HT-2026-0001',
  version: 3,
  name: '冲压线',
  status: 'draft',
  type: 'vehicle',
  currency: 'CNY',
  amount: 300_00n,
  planned: 300_00n,
  received: 0n,
  outstanding: 0n,
  overdue: 0n,
  completedOn: null,
  voided: null,
  signedOn: localDate('2026-11-18'),
  paymentMethod: 'transfer',
  remark: null,
  customer: { id: `${ID}2`, name: '华东机械', code: 'KH-0001' },
  owner: { id: 'rep', name: '李雷' },
  financeOwner: null,
  framework: null,
  children: 0,
  milestones: {},
  rows: [aRow(1), aRow(2), aRow(3)],
  fileNames: [],
  approval: null,
  changes: [],
  startsOn: null,
  endsOn: null,
  ...more,
});
