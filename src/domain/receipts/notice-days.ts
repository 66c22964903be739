// The day on which a message says that money came in. Pure.
import { addDays, diffDays, isLocalDate, type LocalDate, localDate } from '../local-date.js';
import { parseDate } from '../parse-date.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** In short or whole: “3 marketing people” are no day. */
const MONTH = String.raw`(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?`;
/** A day without a year that lies further back may be one to come. */
const RECENT_DAYS = 60;

type Reading = (match: readonly string[], today: LocalDate) => string | null;
const dayText = (year: string | number, month: string | number, day: string | number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
const monthOf = (word = ''): number => MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;

/** Without a year: the last such day. */
function lastSuch(month: string | number, day: string | number, today: LocalDate): string {
  const year = Number(today.slice(0, 4));
  const text = dayText(year, month, day);
  return text <= today ? text : dayText(year - 1, month, day);
}

/** Of a day alone: in this month, or else in the one before. */
function lastDay(day: string, today: LocalDate): string {
  const here = `${today.slice(0, 8)}${day.padStart(2, '0')}`;
  const before = addDays(localDate(`${today.slice(0, 8)}01`), -1);
  return here <= today ? here : `${before.slice(0, 8)}${day.padStart(2, '0')}`;
}

const WITH_YEAR: readonly (readonly [RegExp, Reading])[] = [
  [
    /(?<!\d)(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日/g,
    ([, y = '', m = '', d = '']) => dayText(y, m, d),
  ],
  [/(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/g, ([, y = '', m = '', d = '']) => dayText(y, m, d)],
  [
    /(?:日期|时间|date)\s*:?\s*(20\d\d)(\d\d)(\d\d)(?!\d)/gi,
    ([, y = '', m = '', d = '']) => dayText(y, m, d),
  ],
  [
    new RegExp(String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[ -]${MONTH},?[ -](20\d\d)`, 'gi'),
    ([, d = '', m, y = '']) => dayText(y, monthOf(m), d),
  ],
  [
    new RegExp(String.raw`\b${MONTH} (\d{1,2})(?:st|nd|rd|th)?,? (20\d\d)`, 'gi'),
    ([, m, d = '', y = '']) => dayText(y, monthOf(m), d),
  ],
  [/(?<!\d)(\d{1,2})\.(\d{1,2})\.(20\d\d)(?!\d)/g, ([, d = '', m = '', y = '']) => dayText(y, m, d)],
  // Day and month only where they cannot be taken for each other.
  [
    /(?<!\d)(\d{1,2})\/(\d{1,2})\/(20\d\d)(?!\d)/g,
    ([, a = '', b = '', y = '']) => {
      if (Number(a) > 12 || a === b) return dayText(y, b, a);
      return Number(b) > 12 ? dayText(y, a, b) : null;
    },
  ],
];

const WITHOUT_YEAR: readonly (readonly [RegExp, Reading])[] = [
  [/(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]/g, ([, m = '', d = ''], today) => lastSuch(m, d, today)],
  // 27号到的: only before a word of paying, neither of next month nor of every month, nor the day it was due (15号到期).
  [
    /(?<![\d月.年]\s*)(\d{1,2})\s*[日号](?=\s*(?:已|刚)?(?:到(?!期)|收到|付款(?!通知|单|条件|期)|付的|打款|打的|打了|汇款|汇的|入账|转账|转的|转入|汇入))/g,
    ([, d = ''], today) => lastDay(d, today),
  ],
  [
    new RegExp(String.raw`(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -]${MONTH}`, 'gi'),
    ([, d = '', m], today) => lastSuch(monthOf(m), d, today),
  ],
  [
    new RegExp(String.raw`\b${MONTH} (\d{1,2})(?:st|nd|rd|th)?(?![\d,.]*\d)`, 'gi'),
    ([, m, d = ''], today) => lastSuch(monthOf(m), d, today),
  ],
  // 11/26 is month and day (rules §14), but "payment 2/3" is the second of three.
  [
    /(?:\b(?:on|dated?|paid|received|since|value date)|[于在]|日期|时间|^|\n)\s*:?\s*(\d{1,2})\/(\d{1,2})(?![\d/])/gi,
    monthAndDay,
  ],
  [/(?<!\d|\/)(\d{1,2})\/(\d{1,2})(?=\s*(?:到账|收到|付款|打款|汇款|入账|转入|汇入))/g, monthAndDay],
];

function monthAndDay([, a = '', b = '']: readonly string[], today: LocalDate): string {
  return Number(a) > 12 ? lastSuch(b, a, today) : lastSuch(a, b, today);
}

const WORD =
  /大前天|前天|昨[天日]|今[天日]|上个?(?:周|星期|礼拜)[一二三四五六日天]|\b(?:today|yesterday|last (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/gi;

/** The day the money came in: one that is not ahead; null where none is named, or only such as may be another. */
export function readDay(text: string, today: LocalDate): LocalDate | null {
  const [dated] = namedDays(WITH_YEAR, text, today);
  if (dated) return dated;
  const days = namedDays(WITHOUT_YEAR, text, today);
  const [recent] = days.filter((day) => diffDays(today, day) <= RECENT_DAYS);
  return recent ?? wordDay(text, today) ?? days[0] ?? null;
}

function namedDays(forms: typeof WITH_YEAR, text: string, today: LocalDate): LocalDate[] {
  return forms.flatMap(([pattern, read]) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const day = read(match, today);
      return day !== null && isLocalDate(day) && day <= today ? [day] : [];
    }),
  );
}

/** Today, yesterday, last Friday where it can be only one. */
function wordDay(text: string, today: LocalDate): LocalDate | null {
  for (const [word] of text.matchAll(WORD)) {
    const read = parseDate(word, { today, prefer: 'past' });
    if (read.ok && read.date <= today) return read.date;
  }
  return null;
}
