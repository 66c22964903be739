// What the tests of the windows look for in the demo company, found before it is opened; and what it has none of, added.
import type { Locale } from '../../../sandbox/server/protocol.js';
import type { Db } from '../../../src/db/client.js';
import { addContractAtSecondStep, addUnplannedContract } from './added-contracts.js';
import { tellReports } from './tell-reports.js';
import { NOW } from './world.js';

/** Names that fill whatever room there is. */
export const LONG = {
  customer:
    '新疆维吾尔自治区巴音郭楞蒙古自治州库尔勒经济技术开发区天山路桥工程机械设备租赁有限责任公司第三分公司',
  name: '全断面硬岩隧道掘进机主轴承、刀盘与液压推进系统备件及三年现场维护服务框架合同（二期）',
};

export interface DemoFacts {
  /** Of the rep's own book: in force without a plan, with the long names. */
  readonly unplanned: string;
  /** Of the rep's own book: the row that is overdue longest. */
  readonly late: { readonly contract: string; readonly customer: string; readonly instalmentId: string };
  /** Of anybody's: the row that fell overdue last. */
  readonly latest: { readonly contract: string; readonly instalmentId: string };
  /** A draft with a plan. */
  readonly draft: string;
  /** Waits for the second of its approvers, the director. */
  readonly secondStep: string;
  /** Waits for finance, and who recorded it. */
  readonly waiting: { readonly receipt: string; readonly recorder: string };
  /** In the books, all of it applied. */
  readonly booked: string;
  /** In the books, with money left to apply. */
  readonly prepaid: string;
}

/** Adds and finds. */
export async function prepareDemo(db: Db, rep: string): Promise<DemoFacts> {
  await tellReports(db, NOW);
  const unplanned = await addUnplannedContract(db, NOW, { rep, ...LONG });
  const secondStep = await addContractAtSecondStep(db, NOW, {
    rep,
    customer: '北岭矿业集团',
    name: '矿用自卸车',
  });
  const overdue = { lifecycle: 'open', effectiveDue: { lt: NOW } } as const;
  const late = await db.instalment.findFirstOrThrow({
    where: { ...overdue, owner: { slackUserId: rep } },
    include: { contract: true, customer: true },
    orderBy: { effectiveDue: 'asc' },
  });
  const latest = await db.instalment.findFirstOrThrow({
    where: overdue,
    include: { contract: true },
    orderBy: { effectiveDue: 'desc' },
  });
  const draft = await db.contract.findFirstOrThrow({ where: { status: 'draft', instalments: { some: {} } } });
  const waiting = await db.receipt.findFirstOrThrow({
    where: { status: 'submitted', kind: 'payment' },
    orderBy: { number: 'asc' },
  });
  const recorder = await db.user.findUniqueOrThrow({ where: { id: waiting.recordedById } });
  const booked = await db.receipt.findFirstOrThrow({
    where: { status: 'approved', kind: 'payment', unapplied: 0 },
  });
  const prepaid = await db.receipt.findFirstOrThrow({
    where: {
      status: 'approved',
      kind: 'prepayment',
      unapplied: { gt: 0 },
      customer: { name: 'Eastport Terminals' },
    },
  });
  return {
    unplanned,
    late: { contract: late.contract.number, customer: late.customer.code, instalmentId: late.id },
    latest: { contract: latest.contract.number, instalmentId: latest.id },
    draft: draft.number,
    secondStep,
    waiting: { receipt: waiting.number, recorder: recorder.slackUserId },
    booked: booked.number,
    prepaid: prepaid.number,
  };
}

/** Who sells and who is in finance, by the language in which it is looked at. */
export const REPS = { 'zh-CN': 'U_REP', 'en-US': 'U_REP_EN' } as const satisfies Record<Locale, string>;
export const FINANCE = { 'zh-CN': 'U_FINANCE', 'en-US': 'U_FINANCE_EN' } as const satisfies Record<
  Locale,
  string
>;
