// Who paid, by what a message about money says. Pure.

/** Words that a sentence goes on with after a name. */
const GOES_ON = String.raw`(?:(?:on|at|ref|reference|dated|to|for|into|via|today|yesterday|last|was|has|is|received|arrived)\b|of\s+[A-Z]{0,3}\s?[¥$€£]?\d)`;
/** What a notice in one line tells next: 交易时间：, Value date:. */
const NEXT_LABEL = String.raw`(?:\p{Script=Han}{2,8}|(?:(?:value|booking|posting|payment|transaction|txn|available|account|bank)\s+)?(?:date|time|reference|ref|number|no|id|balance|amount|currency|purpose|remarks?|memo|details?|description|method|type|bank|account|iban|bic|swift))\.?\s*[:：]`;
/** 东方机械(上海)有限公司: a word in brackets that the name goes on after. */
const BRACKET = String.raw`\([\p{L}·&. -]{1,30}\)(?=\s?\p{L})(?!\s*(?:余额|摘要|备注|附言|用途|账|帐|卡|尾号)|\s+${GOES_ON})`;
/** A name until the sentence goes on; `Co., Ltd.` belongs to it. */
const NAME = String.raw`((?:${BRACKET}|[^\n，；。;,:(（]|,\s*(?=(?:Ltd|Inc|LLC|Limited|GmbH|Co)\b)){2,120}?)(?=\s*(?:[\n，；。;:]|(?!${BRACKET})[(（]|,(?!\s*(?:Ltd|Inc|LLC|Limited|GmbH|Co)\b)|\.\s|\.$|\s+(?:${GOES_ON}|${NEXT_LABEL})|$))`;
const PAYERS: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:付款(?:人|方|户|单位|账户)?(?:名称|户名|全称|名)?|付方(?:名称|户名)?|对方(?:账户|单位)?(?:名称|户名)?|汇款(?:人|方|单位)(?:名称|户名|姓名)?|来款单位|缴款人|转账人)\s*[:：为是]\s*${NAME}`,
    'u',
  ),
  new RegExp(String.raw`(?:付款方|付款人|付方|对方户名|汇款人)(?![账帐号名户])\s*${NAME}`, 'u'),
  new RegExp(
    String.raw`(?:remitter|payer|sender|originator|ordering customer|by order of|ordered by|debtor|paid by)(?:'s)?(?: name)?\s*[:=]\s*${NAME}`,
    'iu',
  ),
  // 【建设银行】某公司11月20日10时32分向您尾号5678的账户…
  /(?:^|[】\]\n。:：])\s*([^\n，；。,:：】]{2,60}?)\s*(?:于|在)?\s*(?:(?:20\d\d[年/-])?\d{1,2}[月/-]\d{1,2}日?[^\n，。]{0,12}?)?(?:向|给)(?:您|贵)/u,
  new RegExp(String.raw`\b(?:from|by)\s*:?\s+(?!your\b|the\b|account\b|\d)${NAME}`, 'iu'),
];

/** The payer as a label or a preposition names them. */
export function readPayer(text: string): string | null {
  for (const pattern of PAYERS) {
    const name = pattern.exec(text)?.[1]?.trim();
    if (name && /[\p{L}]{2}/u.test(name) && !/^[\d\s*-]+$/.test(name)) return name;
  }
  return null;
}

/** In ordinary words: Bluewater paid 261k; 星海今天打来30万. */
const DOERS: readonly RegExp[] = [
  /(?:^|[\n.!?:;"“>，。；]\s*|,\s+)([\p{L}\p{N}][\p{L}\p{N}&.'()/ -]{1,79}?)\s+(?:has |have |had )?(?:just |now |already |finally |also )?(?:paid|wired|transferred|remitted|sent|settled|deposited|made a)\b/iu,
  /(?:^|[\n，。；：:！!、]\s*)([^\n，。；：:！!、\d]{2,40}?)(?:今天|昨天|前天|今早|上午|下午|刚才|刚刚|刚|已经|已|又)*(?:[打汇转付][来了]|付款|打款|汇款|支付)/u,
];
const NOBODY =
  /^(?:they|we|he|she|it|you|i|who|(?:the |our |my )?(?:customer|client|buyer)|(?:the )?(?:payment|money|amount|rest)|客户|对方|他们|我们|你们|货款|款项?|财务)$/i;

/** Who is said to have paid in ordinary words: enough to look a customer up, not a name on a slip. */
export function readDoer(text: string): string | null {
  for (const pattern of DOERS) {
    const name = pattern.exec(text)?.[1]?.trim();
    if (name && /[\p{L}]{2}/u.test(name) && !NOBODY.test(name)) return name;
  }
  return null;
}
