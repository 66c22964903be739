// A milestone in place of a day, as people write it in a line: 验收, 验收+30天, 验收后30天, acceptance+1m. Pure.
import type { AnchorKind, AnchorOffset } from './anchor.js';

const NAMES: Readonly<Record<string, AnchorKind>> = {
  签订: 'signing',
  签约: 'signing',
  signing: 'signing',
  发货: 'shipment',
  shipment: 'shipment',
  交货: 'delivery',
  delivery: 'delivery',
  安装: 'installation',
  installation: 'installation',
  验收: 'acceptance',
  acceptance: 'acceptance',
  开票: 'invoice',
  invoice: 'invoice',
  质保开始: 'warranty_start',
  warranty_start: 'warranty_start',
  质保到期: 'warranty_end',
  warranty_end: 'warranty_end',
};
const WORD = /^([\p{L}_]+?)(?:后|\+)?(?:(\d{1,4})(天|日|d|days?|个?月|m|months?)?)?$/iu;
const MONTHS = /^(个?月|m|months?)$/iu;
const MOST = { days: 3650, months: 120 } as const;

/** The milestone and the distance from it; days where no unit is said; null for any other word. */
export function readAnchorWord(word: string): { anchorKind: AnchorKind; anchorOffset: AnchorOffset } | null {
  const [, name = '', count = '0', unit = ''] = WORD.exec(word) ?? [];
  const anchorKind = NAMES[name.toLowerCase()];
  if (anchorKind === undefined) return null;
  const inMonths = MONTHS.test(unit);
  const number = Number(count);
  if (number > (inMonths ? MOST.months : MOST.days)) return null;
  return { anchorKind, anchorOffset: { months: inMonths ? number : 0, days: inMonths ? 0 : number } };
}
