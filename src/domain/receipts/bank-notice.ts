// Reads a bank's notice of money that came in (SMS, e-mail or slip text, Chinese or English): amount, payer, day, slip
// number. Pure. What it reads is a suggestion: several amounts are all returned, what is not surely there is null.
import { isLocalDate, type LocalDate } from '../local-date.js';
import { parseAmount } from '../parse-amount.js';

export interface NoticeAmount {
  /** Minor units of `currency`. */
  readonly minor: bigint;
  readonly currency: string;
}

export interface BankNotice {
  /** Amounts that may have come in, in their order; balances and fees are none. */
  readonly amounts: readonly NoticeAmount[];
  readonly payer: string | null;
  readonly receivedOn: LocalDate | null;
  readonly slipNo: string | null;
}

const LONGEST = 4000;

/** What the notice says, read on `today`; amounts without a currency are in `baseCurrency`. */
export function readBankNotice(raw: string, today: LocalDate, baseCurrency: string): BankNotice {
  // Full-width signs as half-width; the comma and the full stop of Chinese sentences stay what they are.
  const text = [...raw.slice(0, LONGEST).replace(/(?<=[０-９])，(?=[０-９]{3})/gu, ',')]
    .map((sign) => (sign === '，' || sign === '；' ? sign : sign.normalize('NFKC')))
    .join('')
    .replace(/[*_`]/g, '');
  return {
    amounts: readAmounts(text, baseCurrency),
    payer: asWritten(readPayer(text), raw),
    receivedOn: readDay(text, today),
    slipNo: readSlip(text),
  };
}

const CURRENCIES: readonly (readonly [pattern: RegExp, currency: string | null])[] = [
  [/^(RMB|CNY|人民币|[¥￥])$/i, 'CNY'],
  [/^(元|圆|万元|万)$/, null],
  [/^(USD|US\$|\$|美元)$/i, 'USD'],
  [/^(EUR|€|欧元)$/i, 'EUR'],
  [/^(HKD|HK\$|港元|港币)$/i, 'HKD'],
  [/^(JPY|日元)$/i, 'JPY'],
];
const MONEY =
  /(?:(人民币|RMB|CNY|USD|EUR|HKD|JPY|US\$|HK\$|[¥￥$€])\s*)?([+-]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d,]*\d)\s*(万元|万|元|圆|美元|欧元|港元|港币|日元|(?:RMB|CNY|USD|EUR|HKD|JPY)(?![A-Z]))?/giu;
/** What stands right before an amount without a currency that is one all the same. */
const LABEL =
  /(金额|小写\)?|收入(\([^)]*\))?|转入|汇入|存入|入账|到账|来账|amount|credited(?: with)?|credit of|payment of|sum of|received)\s*[:：为]?\s*$/i;
/** What makes an amount something else than the money that came in. */
const OTHER =
  /(余额|结余|可用|手续费|费用|限额|累计|支出|转出|付出|扣款|扣费|消费|balance|available|fee|charge|limit|overdraft|debit|withdraw|paid to|sent to(?! you))[^0-9]*$/i;
/** The same, said after the amount. */
const WENT_OUT =
  /^\s*(?:was|were|has been|have been)?\s*(?:debited|withdrawn|deducted|sent(?! to you)|paid out)\b/i;

function readAmounts(text: string, baseCurrency: string): NoticeAmount[] {
  const found: NoticeAmount[] = [];
  for (const match of text.matchAll(MONEY)) {
    const [, before, sign, digits = '', after] = match;
    const lead = text.slice(Math.max(0, match.index - 40), match.index);
    const clause = lead.split(/[，；。;\n]|,\s|\.\s/).at(-1) ?? '';
    const isMoney = before !== undefined || after !== undefined || LABEL.test(lead);
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 40);
    if (!isMoney || sign === '-' || OTHER.test(clause) || WENT_OUT.test(rest)) continue;
    const currency = currencyOf(before) ?? currencyOf(after) ?? baseCurrency;
    const read = parseAmount(`${digits}${after?.startsWith('万') ? '万' : ''}`, currency);
    if (!read.ok) continue;
    const amount = { minor: read.minor, currency };
    if (!found.some((one) => one.minor === amount.minor && one.currency === currency)) found.push(amount);
  }
  return found;
}

function currencyOf(mark: string | undefined): string | null {
  if (mark === undefined) return null;
  return CURRENCIES.find(([pattern]) => pattern.test(mark))?.[1] ?? null;
}

/** 东方机械(上海)有限公司: a word in brackets that the name goes on after. */
const BRACKET = String.raw`\([\p{L}·&. -]{1,30}\)(?=\s?\p{L})(?!\s*(?:余额|摘要|备注|附言|用途|账|帐|卡|尾号)|\s+(?:on|at|ref|reference|dated|to|for|into|via)\b)`;
/** A name until the sentence goes on; `Co., Ltd.` belongs to it. */
const NAME = String.raw`((?:${BRACKET}|[^\n，；。;,:(（]|,\s*(?=(?:Ltd|Inc|LLC|Limited|GmbH|Co)\b)){2,120}?)(?=\s*(?:[\n，；。;]|(?!${BRACKET})[(（]|,(?!\s*(?:Ltd|Inc|LLC|Limited|GmbH|Co)\b)|\.\s|\.$|\s+(?:on|at|ref|reference|dated|to|for|into|via)\b|$))`;
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
  /(?:^|[】\]\n。])\s*([^\n，；。,:】]{2,60}?)\s*(?:于|在)?\s*(?:(?:20\d\d年)?\d{1,2}月\d{1,2}日[^\n，。]{0,12}?)?(?:向|给)(?:您|贵)/u,
  new RegExp(String.raw`\b(?:from|by)\s*:?\s+(?!your\b|the\b|account\b|\d)${NAME}`, 'iu'),
];

function readPayer(text: string): string | null {
  for (const pattern of PAYERS) {
    const name = pattern.exec(text)?.[1]?.trim();
    if (name && /[\p{L}]{2}/u.test(name) && !/^[\d\s*-]+$/.test(name)) return name;
  }
  return null;
}

/** Brackets as the notice has them: customers are called so. */
function asWritten(name: string | null, raw: string): string | null {
  const wide = name?.replaceAll('(', '（').replaceAll(')', '）');
  return wide !== undefined && raw.includes(wide) ? wide : name;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
type Reading = (match: RegExpExecArray, today: LocalDate) => string | null;
const dayText = (year: string | number, month: string | number, day: string | number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
const monthOf = (word = ''): number => MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;

/** Without a year: the last such day. */
function lastSuch(month: string | number, day: string | number, today: LocalDate): string {
  const year = Number(today.slice(0, 4));
  const text = dayText(year, month, day);
  return text <= today ? text : dayText(year - 1, month, day);
}

const DAYS: readonly (readonly [RegExp, Reading])[] = [
  [
    /(?<!\d)(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日/,
    ([, y = '', m = '', d = '']) => dayText(y, m, d),
  ],
  [/(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/, ([, y = '', m = '', d = '']) => dayText(y, m, d)],
  [/(?:日期|时间|date)\s*:?\s*(20\d\d)(\d\d)(\d\d)(?!\d)/i, ([, y = '', m = '', d = '']) => dayText(y, m, d)],
  [
    /(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?[ -](20\d\d)/i,
    ([, d = '', m, y = '']) => dayText(y, monthOf(m), d),
  ],
  [
    /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (20\d\d)/i,
    ([, m, d = '', y = '']) => dayText(y, monthOf(m), d),
  ],
  // Day and month only where they cannot be taken for each other.
  [
    /(?<!\d)(\d{1,2})\/(\d{1,2})\/(20\d\d)(?!\d)/,
    ([, a = '', b = '', y = '']) => {
      if (Number(a) > 12 || a === b) return dayText(y, b, a);
      return Number(b) > 12 ? dayText(y, a, b) : null;
    },
  ],
  [/(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日/, ([, m = '', d = ''], today) => lastSuch(m, d, today)],
  [
    /(?<!\d)(\d{1,2})[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/i,
    ([, d = '', m], today) => lastSuch(monthOf(m), d, today),
  ],
];

/** The first day named that is not ahead. */
function readDay(text: string, today: LocalDate): LocalDate | null {
  for (const [pattern, read] of DAYS) {
    const match = pattern.exec(text);
    const day = match && read(match, today);
    if (day && isLocalDate(day) && day <= today) return day;
  }
  return null;
}

const SLIP =
  /(?:(?:交易|银行|业务|核心|支付|系统|电子)?(?:流水号?|参考号|序号)|(?:电子)?回单(?:编号|号码?)|凭证号|交易(?:编号|号)|业务编号|transaction\s*(?:id|no|number|ref(?:erence)?)|(?:payment |bank )?ref(?:erence)?(?:\s*(?:no|number|id))?|trace\s*no|utr)\.?\s*[:：#为是]?\s*#?([A-Z0-9][A-Z0-9/-]{3,63})/giu;

/** The first number that is named as one and has a digit. */
function readSlip(text: string): string | null {
  for (const [, slip = ''] of text.matchAll(SLIP)) if (/\d{3}/.test(slip)) return slip;
  return null;
}
