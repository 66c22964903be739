// Reads a message about money that came in (a bank's SMS, e-mail or slip, or what somebody wrote; Chinese or English):
// amount, payer, day, slip number. Pure. What it reads is a suggestion: several amounts are all returned, what is not
// surely there is null.
import type { LocalDate } from '../local-date.js';
import { type NoticeAmount, readAmounts } from './notice-amounts.js';
import { readDay } from './notice-days.js';
import { readDoer, readPayer } from './notice-payer.js';

export interface BankNotice {
  /** Amounts that may have come in, in their order; balances, fees and promises are none. */
  readonly amounts: readonly NoticeAmount[];
  /** As a slip names them. */
  readonly payer: string | null;
  /** Who is said to have paid in ordinary words (Bluewater paid 261k): to look a customer up by. */
  readonly doer: string | null;
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
    .replace(/[*_`]/g, '')
    // What stands between two words is looked over again from each of its signs: of a hundred empty lines there is one.
    .replace(/[^\S\n]+/gu, ' ')
    .replace(/(?: ?\n)+ ?/gu, '\n');
  return {
    amounts: readAmounts(text, baseCurrency),
    payer: asWritten(readPayer(text), raw),
    doer: asWritten(readDoer(text), raw),
    receivedOn: readDay(text, today),
    slipNo: readSlip(text),
  };
}

/** Brackets as the notice has them: customers are called so. */
function asWritten(name: string | null, raw: string): string | null {
  const wide = name?.replaceAll('(', '（').replaceAll(')', '）');
  return wide !== undefined && raw.includes(wide) ? wide : name;
}

const SLIP =
  /(?:(?:交易|银行|业务|核心|支付|系统|电子)?(?:流水号?|参考号|序号)|(?:电子)?回单(?:编号|号码?)|凭证号|交易(?:编号|号)|业务编号|流水|单号|\b(?:transaction\s*(?:id|no|number|ref(?:erence)?)|txn(?:\s*(?:id|no|number))?|(?:payment |bank )?ref(?:erence)?(?:\s*(?:no|number|id))?|(?:bank )?slip(?:\s*(?:no|number))?|confirmation\s*(?:no|number|code)|trace\s*no|utr))\.?\s*[:：#为是]?\s*#?([A-Z0-9][A-Z0-9/-]{3,63})/giu;

/** The first number that is named as one and has digits; a day is none. */
function readSlip(text: string): string | null {
  for (const [, slip = ''] of text.matchAll(SLIP)) {
    if (/\d{2}/.test(slip) && !/^20\d\d[-/]\d{1,2}[-/]\d{1,2}$/.test(slip)) return slip;
  }
  return null;
}
