// Pictures and PDFs of reports, drawn for real: with the font that comes along, in two languages, whatever people typed.
import { describe, expect, it } from 'vitest';
import { chartSvg, roundUp } from '../../src/pictures/chart-svg.js';
import { drawPdf } from '../../src/pictures/draw-pdf.js';
import { drawPng } from '../../src/pictures/draw-png.js';

const frame = (title: string) => ({ title, lines: ['未收 ¥377.00，其中已逾期 ¥320.00'], number: String });
const bars = {
  type: 'bar' as const,
  categories: ['未到期', '1–30 天', '31–60 天', '61–90 天', '91–180 天', '180 天以上', '日期待定'],
  series: [{ name: 'CNY', values: [50, 320, 0, 12.5, 1, 0, 7] }],
};
/** Width and height of a PNG. */
const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

describe('chart', () => {
  it('ends its scale at a round number', () => {
    expect([0, 1, 1.1, 320, 2600, 9_999_999].map(roundUp)).toEqual([1, 1, 2, 500, 5000, 10_000_000]);
  });

  it('is well-formed whatever is typed, and draws negative amounts as none', () => {
    const nasty = `<&>"'\u0000😀${'汉'.repeat(300)}`;
    const { svg } = chartSvg(
      {
        type: 'line',
        categories: [nasty],
        series: [
          { name: nasty, values: [-5] },
          { name: '', values: [0] },
        ],
      },
      frame(nasty),
    );
    expect(svg).not.toMatch(/<&|NaN|Infinity/);
    expect(svg).not.toContain('\u0000');
    expect(svg.match(/<text/g)?.length).toBe(svg.match(/<\/text>/g)?.length);
  });

  it('cuts no number and no word in two at the end of a line', () => {
    const sentence = Array.from({ length: 40 }, (_, n) => `CN¥${n},284,053.80 overdue`).join(', ');
    const { svg } = chartSvg(bars, { ...frame(''), lines: [sentence, `${'汉'.repeat(57)}1,234,567.89元`] });
    const lines = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words = '']) => words);
    expect(
      lines.filter((line) => line.includes('overdue')).every((line) => /(overdue,?|\.80)$/.test(line)),
    ).toBe(true);
    expect(lines.join('|')).toContain('1,234,567.89');
  });

  it('of nothing is empty', () => {
    expect(chartSvg({ type: 'bar', categories: [], series: [] }, frame('')).svg).not.toContain('NaN');
  });
});

it('a picture has Chinese signs of its own: other names, other pixels', async () => {
  const [one, same, other, missing] = await Promise.all([
    drawPng(bars, frame('徐州喆镕')),
    drawPng(bars, frame('徐州喆镕')),
    drawPng(bars, frame('徐州旻昇')),
    // Signs that the font has not are drawn as boxes, all alike.
    drawPng(bars, frame('徐州\u{20000}\u{20001}')),
  ]);
  expect(one.subarray(1, 4).toString()).toBe('PNG');
  expect(sizeOf(one)[0]).toBe(1920);
  expect(one.equals(same)).toBe(true);
  expect(one.equals(other)).toBe(false);
  expect(one.equals(missing)).toBe(false);
});

it('a PDF has the table on pages, and only the signs that it uses', async () => {
  const row = ['江苏重工', '1,234,567.00', '0.00'];
  const pdf = await drawPdf({
    ...frame('账龄 · 截至 11月20日'),
    chart: bars,
    columns: [{ name: '客户' }, { name: '未收', numeric: true }, { name: '预收', numeric: true }],
    rows: Array.from({ length: 120 }, () => row),
    foot: [['合计', '1.00', '']],
    notes: ['核对：各档合计 = 未收，一致。'],
    pageWords: (page, pages) => `第 ${page} 页，共 ${pages} 页`,
  });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(2);
  expect(pdf.length).toBeLessThan(400_000);
});
