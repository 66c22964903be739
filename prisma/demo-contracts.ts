// The contracts of the demo company as data: who sold what to whom, and how far each has come today.

/** The template of the demo company: 30/30/30/10, each part some days after its milestone. The last is the retention. */
export const SCHEDULE = [
  { zh: '预付款', en: 'Advance', share: 3000, anchor: 'signing', days: 7 },
  { zh: '发货款', en: 'On shipment', share: 3000, anchor: 'shipment', days: 5 },
  { zh: '验收款', en: 'On acceptance', share: 3000, anchor: 'acceptance', days: 10 },
  { zh: '质保金', en: 'Retention', share: 1000, anchor: 'warranty_end', days: 0 },
] as const;

/** Days after signing at which the milestones of a contract are expected. */
export const MILESTONES = { signing: 0, shipment: 55, acceptance: 110, warranty_end: 372 } as const;

export interface DemoContract {
  rep: 'U_REP' | 'U_REP_EN';
  customer: string;
  name: string;
  type: 'vehicle' | 'parts' | 'used_car' | 'leasing';
  /** Yuan. */
  amount: number;
  signedDaysAgo: number;
  /** How many parts were paid, each on its day. */
  paid: number;
  /** Share of the next part that came in, in basis points. */
  partPaid?: number;
  /** The next part was recorded and waits for finance. */
  waiting?: true;
  /** The next part was postponed by so many days. */
  postponedDays?: number;
  /** Nobody knows yet when it will be accepted: what hangs on that has no date. */
  acceptanceUnknown?: true;
  /** The day on which it was to be accepted has come, and it was not: its owner pushes for it. */
  acceptanceLate?: true;
  /** The retention is not planned yet: a balance is left. */
  retentionLater?: true;
  /** It binds until so many days from now: its owner is told ahead. */
  endsInDays?: number;
  /** Amended ten days ago: yuan more, for what, as a row of its own. */
  ordersMore?: { amount: number; name: string; reason: string };
  /** Void since three days ago, and why. */
  calledOff?: string;
  /** Of its customer, in yuan: what the terms check holds it against. */
  creditLimit?: number;
  /** How far it came, if it is not in force. */
  stopAt?: 'draft' | 'submitted';
}

/**
 * What each shows: two weeks late, three days late, due today, soon, part-paid, waiting, postponed, done, in approval; a
 * retention and an acceptance to come or late, so that the first morning has every section.
 */
export const CONTRACTS: readonly DemoContract[] = [
  {
    rep: 'U_REP',
    customer: '远大重工有限公司',
    name: '履带挖掘机 4 台',
    type: 'vehicle',
    amount: 1_280_000,
    signedDaysAgo: 75,
    paid: 1,
    acceptanceUnknown: true,
  },
  {
    rep: 'U_REP',
    customer: '中川建设集团',
    name: '塔式起重机 2 台',
    type: 'vehicle',
    amount: 1_860_000,
    signedDaysAgo: 63,
    paid: 1,
  },
  {
    rep: 'U_REP',
    customer: '华伟机电设备有限公司',
    name: '液压系统配件',
    type: 'parts',
    amount: 960_000,
    signedDaysAgo: 60,
    paid: 1,
  },
  {
    rep: 'U_REP',
    customer: '顺达物流有限公司',
    name: '二手叉车 12 台',
    type: 'used_car',
    amount: 540_000,
    signedDaysAgo: 57,
    paid: 1,
    retentionLater: true,
  },
  {
    rep: 'U_REP',
    customer: '长江路桥工程有限公司',
    name: '沥青摊铺机 1 台',
    type: 'vehicle',
    amount: 1_150_000,
    signedDaysAgo: 122,
    paid: 2,
  },
  {
    rep: 'U_REP',
    customer: '恒达矿业有限公司',
    name: '矿用自卸车 2 台',
    type: 'vehicle',
    amount: 880_000,
    signedDaysAgo: 64,
    paid: 1,
    postponedDays: 9,
  },
  {
    rep: 'U_REP',
    customer: '西部风电有限公司',
    name: '风电吊装履带起重机 1 台',
    type: 'vehicle',
    amount: 960_000,
    signedDaysAgo: 350,
    paid: 3,
  },
  {
    rep: 'U_REP',
    customer: '海川港口有限公司',
    name: '集装箱正面吊 1 台',
    type: 'vehicle',
    amount: 780_000,
    signedDaysAgo: 106,
    paid: 2,
  },
  {
    rep: 'U_REP',
    customer: '鼎盛设备租赁有限公司',
    name: '高空作业平台租赁',
    type: 'leasing',
    amount: 720_000,
    signedDaysAgo: 9,
    paid: 0,
    waiting: true,
  },
  {
    rep: 'U_REP',
    customer: '东港码头有限公司',
    name: '岸桥改造',
    type: 'vehicle',
    amount: 450_000,
    signedDaysAgo: 20,
    paid: 0,
    calledOff: '客户取消了项目',
  },
  {
    rep: 'U_REP',
    customer: '新城建设有限公司',
    name: '混凝土泵车 3 台',
    type: 'vehicle',
    amount: 1_320_000,
    signedDaysAgo: 0,
    paid: 0,
    creditLimit: 1_000_000,
    stopAt: 'submitted',
  },
  {
    rep: 'U_REP_EN',
    customer: 'Harbour Crane Services Ltd',
    name: 'Rail-mounted gantry, refurbished',
    type: 'used_car',
    amount: 640_000,
    signedDaysAgo: 348,
    paid: 3,
  },
  {
    rep: 'U_REP_EN',
    customer: 'Baltic Timber Co',
    name: 'Log loader, two units',
    type: 'vehicle',
    amount: 520_000,
    signedDaysAgo: 114,
    paid: 2,
    acceptanceLate: true,
  },
  {
    rep: 'U_REP_EN',
    customer: 'Northern Quarry Ltd',
    name: 'Crusher line',
    type: 'vehicle',
    amount: 1_500_000,
    signedDaysAgo: 68,
    paid: 1,
    partPaid: 4000,
  },
  {
    rep: 'U_REP_EN',
    customer: 'Eastport Terminals',
    name: 'Reach stackers, 3 units',
    type: 'vehicle',
    amount: 2_000_000,
    signedDaysAgo: 53,
    paid: 1,
    retentionLater: true,
    ordersMore: { amount: 150_000, name: 'Spare parts', reason: 'Spare parts ordered' },
  },
  {
    rep: 'U_REP_EN',
    customer: 'Bluewater Shipyard',
    name: 'Gantry crane',
    type: 'vehicle',
    amount: 1_740_000,
    signedDaysAgo: 130,
    paid: 2,
    partPaid: 5000,
    endsInDays: 20,
  },
  {
    rep: 'U_REP_EN',
    customer: 'Hillside Foundry',
    name: 'Used forklifts, 10 units',
    type: 'used_car',
    amount: 500_000,
    signedDaysAgo: 400,
    paid: 4,
  },
  {
    rep: 'U_REP_EN',
    customer: 'Green Valley Farms',
    name: 'Wheel loaders, 2 units',
    type: 'vehicle',
    amount: 640_000,
    signedDaysAgo: 0,
    paid: 0,
    stopAt: 'draft',
  },
];
