// The amounts that a message about money names: a bank's notice, or what somebody wrote. Pure. What stands there two
// ways is returned both ways, so that a person is asked.
import { parseAmount } from '../parse-amount.js';

export interface NoticeAmount {
  /** Minor units of `currency`. */
  readonly minor: bigint;
  readonly currency: string;
}

const SIGNS: Readonly<Record<string, string>> = {
  $: 'USD',
  US$: 'USD',
  HK$: 'HKD',
  NT$: 'TWD',
  NZ$: 'NZD',
  S$: 'SGD',
  A$: 'AUD',
  AU$: 'AUD',
  C$: 'CAD',
  CA$: 'CAD',
  'CN¥': 'CNY',
  'JP¥': 'JPY',
  '€': 'EUR',
  '£': 'GBP',
  人民币: 'CNY',
  美元: 'USD',
  美金: 'USD',
  欧元: 'EUR',
  英镑: 'GBP',
  港元: 'HKD',
  港币: 'HKD',
  日元: 'JPY',
  日圆: 'JPY',
  澳元: 'AUD',
  澳币: 'AUD',
  加元: 'CAD',
  加币: 'CAD',
  新元: 'SGD',
  新币: 'SGD',
  新加坡元: 'SGD',
  新西兰元: 'NZD',
  纽元: 'NZD',
  瑞郎: 'CHF',
  瑞士法郎: 'CHF',
  韩元: 'KRW',
  韩币: 'KRW',
  泰铢: 'THB',
  台币: 'TWD',
  新台币: 'TWD',
  澳门元: 'MOP',
  卢布: 'RUB',
  卢比: 'INR',
};
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(rmb|cny|yuan|renminbi)$/i, 'CNY'],
  [/^(usd|(us )?dollars?)$/i, 'USD'],
  [/^(eur|euros?)$/i, 'EUR'],
  [/^(gbp|pounds?)$/i, 'GBP'],
  [/^(jpy|yen)$/i, 'JPY'],
  [/^hkd$/i, 'HKD'],
  [/^sgd$/i, 'SGD'],
  [/^aud$/i, 'AUD'],
  [/^cad$/i, 'CAD'],
  [/^chf$/i, 'CHF'],
  [/^nzd$/i, 'NZD'],
  [/^krw$/i, 'KRW'],
  [/^thb$/i, 'THB'],
  [/^twd$/i, 'TWD'],
];
const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Names in Chinese stand before the amount or behind it. */
const NAMES = Object.keys(SIGNS)
  .filter((sign) => /^\p{Script=Han}+$/u.test(sign))
  .join('|');
const SIGN = String.raw`[A-Z]{0,2}\$|(?:CN|JP)?¥|€|£|${NAMES}`;
const CODE = `(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])`;
const NUMBER = [
  String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?`,
  String.raw`\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?`,
  String.raw`\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?`,
  String.raw`\d+(?:[.,]\d{1,2}(?!\d)|\.\d+)?`,
].join('|');
const UNIT = `[kKmMwW](?![A-Za-z])|(?:mn|mio|bn|[Tt]housand|[Mm]illion|[Bb]illion)(?![A-Za-z])|百万|千万|[千万萬亿億]`;
const AFTER = String.raw`${NAMES}|元整?|[圆块]|(?:US )?[Dd]ollars?\b|[Ee]uros?\b|[Pp]ounds?\b|[Yy]uan\b|[Rr]enminbi\b|[Yy]en\b|[€£¥]|${CODE}`;
/** A code between two numbers is that of the second, unless that one is a day. */
const NOT_OF_NEXT = String.raw`(?!\s*\d[\d.,]*(?![\d.,]*[/:年月-]))`;
const MONEY = new RegExp(
  String.raw`(?:(${SIGN}|${CODE})\s*)?([+-]?)(?<!\d)(?<!\d[.,])(${NUMBER})(?![.,]?\d)(?:\s*(${UNIT}))?(?:\s*(${AFTER})${NOT_OF_NEXT})?(?![A-Za-z\d]|\s*%)`,
  'gu',
);
/** What stands right before an amount without a currency that is one all the same. */
const LABEL =
  /(金额|小写\)?|收入(\([^)]*\))?|转入|汇入|存入|入账|到账|来账|amount|credited(?: with)?|credit of|payments? of|sum of|received)\s*[:：为]?\s*$/i;
const VERB =
  /(?:\b(?:paid|wired|transferred|remitted|deposited|settled|sent)|[付打汇转][来了]|支付了?|收到)\s*(?:(?:us|a total of|the sum of|another|about|in full)\s*)*$/i;
/** What goes on after a plain number that is an amount and no count, year or day. */
const GOES_ON =
  /^\s*(?:$|[.,;!?)，。；、]|(?:on|today|yesterday|for|by|via|to|into|from|and|this|through|against|with|ref)\b|[今昨前])/i;
/** What makes an amount something else than the money that came in. */
const OTHER =
  /(余额|结余|可用|手续费|费用|限额|累计|支出|转出|付出|扣款|扣费|消费|剩余|剩下|还剩|还欠|未付|待付|应付|应收(?!账?款)|承诺|答应|预计|总价|(?:合同|订单|发票|开票)(?:总额|总价|金额|额)|下[周月个][^0-9]*付|balance|available|fee|charge|limit|overdraft|debit|withdraw|paid to|sent to(?! you)|remaining|remainder|outstanding|the rest|ow(?:e|es|ed|ing)|promised?|(?:will|to) (?:pay|send|wire|transfer|remit)|(?:contract|invoice|order|po) (?:value|amount|price|total|sum))[^0-9]*$/i;
/** The same, said after the amount. */
const WENT_OUT =
  /^\s*(?:(?:was|were|has been|have been|is|are)?\s*(?:still )?\b(?:debited|withdrawn|deducted|sent(?! to you)|paid out|outstanding|remaining|due|left|open|to (?:follow|come))\b|[还尚]?(?:未付|待付|未到|没付|没到))/i;
/** Counted things that are no money. */
const COUNTED =
  /^\s*(?:(?:pcs|pieces?|units?|sets?|items?|kgs?|kilos?|tons?|tonnes?|hours?|days?|weeks?|months?|years?|people|invoices?|instal?lments?|boxes|miles)\b|[台件套个吨克米天人次份笔期箱]|公[斤里]|小时)/i;

/** Amounts that may have come in, in their order; one without a currency is in `baseCurrency`. */
export function readAmounts(text: string, baseCurrency: string): NoticeAmount[] {
  const found: NoticeAmount[] = [];
  for (const match of text.matchAll(MONEY)) {
    const [whole, before, sign, number = '', unit = '', after] = match;
    const [inFront, behind] = [currencyOf(before, baseCurrency), currencyOf(after, baseCurrency)];
    const currency = inFront ?? behind;
    // Three letters that are no currency are words of the sentence.
    const start =
      match.index + (inFront === null ? whole.indexOf(`${sign}${number}`, before?.length ?? 0) : 0);
    const end = match.index + whole.length - (behind === null ? (after?.length ?? 0) : 0);
    const [lead, rest] = [text.slice(Math.max(0, start - 40), start), text.slice(end, end + 40)];
    if (sign === '-' || !isMoney({ lead, rest, number, unit, isMarked: currency !== null })) continue;
    for (const written of writings(number, unit, inFront !== null)) {
      for (const minor of readings(written, currency ?? baseCurrency)) {
        const amount = { minor, currency: currency ?? baseCurrency };
        if (!found.some((one) => one.minor === minor && one.currency === amount.currency)) found.push(amount);
      }
    }
  }
  return found;
}

/** The currency of a sign, word or code; null where it is none. */
function currencyOf(mark: string | undefined, base: string): string | null {
  if (mark === undefined) return null;
  if (/^[元圆块]/.test(mark)) return base;
  if (mark === '¥') return base === 'JPY' ? 'JPY' : 'CNY';
  const known = SIGNS[mark] ?? WORDS.find(([pattern]) => pattern.test(mark))?.[1];
  return known ?? (CODES.has(mark) ? mark : null);
}

interface Found {
  readonly lead: string;
  readonly rest: string;
  readonly number: string;
  readonly unit: string;
  readonly isMarked: boolean;
}

function isMoney({ lead, rest, number, unit, isMarked }: Found): boolean {
  const clause = lead.split(/[，；。;\n]|,\s|\.\s/).at(-1) ?? '';
  if (OTHER.test(clause) || WENT_OUT.test(rest)) return false;
  if (isMarked) return true;
  if (COUNTED.test(rest) || /[A-Za-z\d#/._-]$/.test(lead)) return false;
  if (LABEL.test(lead) || /[万萬亿億]/.test(unit)) return true;
  if (VERB.test(lead) && (unit !== '' || (/^\d{3,7}(?:\.\d+)?$/.test(number) && GOES_ON.test(rest))))
    return true;
  // 5m may be five metres, 300w watts.
  return number.includes(',') || (unit !== '' && !/^[mw]$/i.test(unit));
}

/** `Ref 778 500 CNY`: the number in front may belong to it or not. */
function writings(number: string, unit: string, isSurelyOne: boolean): string[] {
  const last = number.split(' ').at(-1) ?? number;
  return (isSurelyOne ? [number] : [...new Set([number, last])]).map((one) => one + unit);
}

function readings(text: string, currency: string): bigint[] {
  const read = parseAmount(text, currency);
  if (read.ok) return [read.minor];
  if (read.code !== 'amount.ambiguous') return [];
  return [read.params.a, read.params.b].flatMap((one) => {
    const exact = parseAmount(one, currency);
    return exact.ok ? [exact.minor] : [];
  });
}
