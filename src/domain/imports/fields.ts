// What can be imported, and under which names people write the columns (rules §13). Pure.

export const IMPORT_KINDS = ['customers', 'contracts', 'receipts', 'opening'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** Instalments that one row of contracts may hold beside each other. */
export const MAX_PARTS = 6;
/** Rows of one contract: they are decided about and taken over together, while others wait. */
export const MAX_CONTRACT_ROWS = 500;
const PARTS = Array.from({ length: MAX_PARTS }, (_, index) => index + 1);

export interface ImportField {
  readonly key: string;
  readonly required?: true;
  readonly isDate?: true;
  /** As `nameKey` gives them. */
  readonly names: readonly string[];
}

const field = (key: string, names: string, more: Partial<ImportField> = {}): ImportField => ({
  key,
  names: names.split(' '),
  ...more,
});
const required = { required: true } as const;
const date = { isDate: true } as const;

const OWNER = field(
  'owner',
  '负责人 业务员 销售 销售员 客户经理 归属人 owner salesperson salesrep accountmanager',
);
const REMARK = field('remark', '备注 说明 remark remarks note notes comment');
const CURRENCY = field('currency', '币种 货币 currency currencycode');
const NUMBER =
  '合同编号 合同号 编号 订单号 contractnumber contractno contract number invoicenumber invoiceno orderno';

const MONEY_FIELDS: readonly ImportField[] = [
  field('receiptNumber', '回款编号 回款单号 receiptnumber receiptno'),
  field('contract', NUMBER),
  field('customer', '客户 客户名称 客户编号 单位名称 customer customername customerid customercode client'),
  field(
    'amount',
    '金额 回款金额 到账金额 收款金额 本次回款 amount receivedamount paymentamount invoiceamount amountreceived amountpaid',
    required,
  ),
  field('net', '入账净额 netinthebooks'),
  CURRENCY,
  field(
    'receivedOn',
    '回款日期 到账日期 收款日期 到账时间 日期 receivedon receiveddate paymentdate settleddate date datereceived receiptdate valuedate paidon received',
    {
      ...required,
      ...date,
    },
  ),
  field('method', '收款方式 回款方式 付款方式 方式 method paymentmethod'),
  field('payer', '付款方 付款单位 付款人 对方户名 汇款人 payer payername'),
  field('slip', '流水号 银行流水号 交易流水号 凭证号 交易流水 slip slipno bankslipno transactionid'),
  field('txn', '交易号 银行交易号 银行流水 banktransactionno banktxnid txnid transactionno'),
  field('originalAmount', '原币金额 外币金额 originalamount foreignamount camein'),
  field('originalCurrency', '原币币种 原币 外币币种 到账币种 originalcurrency foreigncurrency cameinas'),
  field('billNo', '汇票号 票据号 billnumber billno'),
  field('billDueOn', '汇票到期日 票据到期日 billdueon billduedate', date),
  REMARK,
];

export const FIELDS: Record<ImportKind, readonly ImportField[]> = {
  customers: [
    field(
      'name',
      '客户名称 客户 名称 公司名称 单位名称 customername customer name company customerid',
      required,
    ),
    field('code', '客户编号 客户编码 编号 编码 customercode code customerno'),
    field('shortName', '简称 客户简称 shortname'),
    OWNER,
    field('type', '客户类型 类型 类别 type customertype category'),
    field('industry', '行业 所属行业 行业分类 industry'),
    field('contactName', '联系人 联系人姓名 对账联系人 联络人 contact contactname'),
    field('contactPhone', '电话 联系电话 手机 手机号 手机号码 联系人电话 phone mobile telephone'),
    field('contactEmail', '邮箱 电子邮箱 email mail'),
    field('address', '地址 联系地址 通讯地址 单位地址 address'),
    field('taxTitle', '开票抬头 发票抬头 taxtitle invoicetitle'),
    field('taxNo', '税号 纳税人识别号 统一社会信用代码 税务登记号 taxno taxnumber taxid'),
    field('bank', '开户行 开户银行 bank bankname'),
    field('bankAccount', '账号 银行账号 bankaccount account accountno'),
    field('creditLimit', '信用额度 授信额度 额度 creditlimit credit'),
    REMARK,
  ],
  contracts: [
    field('number', NUMBER),
    field(
      'customer',
      '客户 客户名称 客户编号 单位名称 甲方 甲方名称 customer customername customerid customercode client',
      required,
    ),
    field('name', '合同名称 名称 项目名称 contractname name title'),
    field(
      'amount',
      '合同金额 金额 总金额 合同总额 合同总价 合同价款 amount contractamount total invoiceamount',
      required,
    ),
    CURRENCY,
    field('type', '合同类型 类型 合同类别 type contracttype'),
    field('signedOn', '签订日期 签约日期 合同日期 signed signedon signeddate contractdate invoicedate', date),
    field(
      'startsOn',
      '开始日期 生效日期 合同开始 合同开始日期 起始日期 starts startson startdate effectivedate',
      date,
    ),
    field(
      'endsOn',
      '结束日期 终止日期 截止日期 合同结束 合同到期 合同到期日 ends endson enddate expirydate',
      date,
    ),
    field('shipmentOn', '预计发货 预计发货日期 发货日期 shipment expectedshipment shipmentdate', date),
    field(
      'acceptanceOn',
      '预计验收 预计验收日期 验收日期 acceptance expectedacceptance acceptancedate',
      date,
    ),
    field('warrantyEndOn', '质保到期 质保到期日 质保到期日期 warrantyend warrantyenddate', date),
    field('paymentMethod', '付款方式 收款方式 paymentmethod'),
    OWNER,
    field('remark', '备注 合同备注 说明 remark contractremark remarks note notes comment'),
    field(
      'partName',
      '期数 期的名称 期次 回款期数 款项 款项名称 节点 instalment instalmentname installment milestone',
    ),
    field('partSeq', '序号 seq'),
    field(
      'partAmount',
      '本期金额 本期回款金额 计划金额 计划回款金额 应收金额 instalmentamount plannedamount',
    ),
    field('partAdjusted', '坏账与尾差 writtenoff'),
    field('partState', '状态 state'),
    field('partDue', '计划回款日期 到期日 到期日期 应收日期 计划日期 planneddate dueon duedate due', date),
    ...PARTS.flatMap((part) => [
      field(`part${part}Name`, partNames(part, ['名称', '款项', '款项名称', 'name'])),
      field(`part${part}Amount`, partNames(part, ['金额', '回款金额', 'amount'])),
      field(
        `part${part}Due`,
        partNames(part, ['日期', '到期日', '计划日期', '回款日期', '时间', 'due', 'date', 'duedate']),
        date,
      ),
    ]),
  ],
  receipts: MONEY_FIELDS,
  opening: MONEY_FIELDS,
};

function partNames(part: number, endings: readonly string[]): string {
  const han = '一二三四五六'[part - 1] ?? '';
  const starts = [
    `第${part}期`,
    `第${han}期`,
    `${part}期`,
    `${han}期`,
    `instalment${part}`,
    `installment${part}`,
    `part${part}`,
  ];
  return starts.flatMap((start) => endings.map((ending) => start + ending)).join(' ');
}

/** A column's name as names are compared: no signs, no spaces, no unit in brackets, lower case. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[(（【[][^)）】\]]*[)）】\]]/gu, '')
    .replace(/[\s*＊:：_\-./\\#'"]/gu, '')
    .toLowerCase();
}
