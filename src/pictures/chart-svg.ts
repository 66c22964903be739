// A chart as SVG: bars side by side, or lines; with its title, legend and a scale of round numbers. Pure.
import { FONT_FAMILY } from './font.js';

export interface Chart {
  readonly type: 'bar' | 'line';
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}
/** What stands around it. `number`: a value as it is read. */
export interface ChartFrame {
  readonly title: string;
  readonly lines: readonly string[];
  readonly number: (value: number) => string;
}

export const WIDTH = 960;
const SIDE = 24;
const SCALE_WIDTH = 96;
const PLOT_HEIGHT = 300;
const LINE_HEIGHT = 24;
const TICKS = 4;
/** Told apart without colour too: each line has a mark of its own, bars stand in the order of the legend. */
const COLOURS = ['#1d5fa8', '#e08a00', '#3b8f4a', '#9a3b8f'];
const MARKS = ['●', '■', '▲', '◆'];
const CHARACTERS = 116;

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[\p{Cc}\u{fffe}\u{ffff}]/gu, ' ');
const text = (
  x: number,
  y: number,
  words: string,
  { size = 14, anchor = 'start', fill = '#222' }: { size?: number; anchor?: string; fill?: string } = {},
): string =>
  `<text x="${x}" y="${y}" font-family="${FONT_FAMILY}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escapeXml(words)}</text>`;

/** The next round number: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5, 10].find((one) => one * power >= value) ?? 10);
}

const isWide = (sign: string): boolean => /[\u{2e80}-\u{ffff}]/u.test(sign);
const widthOf = (words: string): number => [...words].reduce((sum, sign) => sum + (isWide(sign) ? 2 : 1), 0);

/** Words on lines of so many columns, numbers and names never cut; a Chinese sign is as wide as two others. */
function wrap(words: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of words.match(/[\u{2e80}-\u{ffff}]|[^\s\u{2e80}-\u{ffff}]+|\s+/gu) ?? []) {
    // A name without end is cut all the same.
    for (const piece of part.match(/.{1,80}/gsu) ?? []) {
      if (line !== '' && widthOf(line) + widthOf(piece) > CHARACTERS) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += line === '' ? piece.trimStart() : piece;
    }
  }
  return [...lines, line];
}

/** The whole picture. */
export function chartSvg(chart: Chart, frame: ChartFrame): { svg: string; height: number } {
  const lines = frame.lines.flatMap(wrap);
  const top = 48 + lines.length * LINE_HEIGHT + 40;
  const height = top + PLOT_HEIGHT + 64;
  const largest = roundUp(Math.max(0, ...chart.series.flatMap(({ values }) => values)));
  const y = (value: number) => top + PLOT_HEIGHT - (Math.max(0, value) / largest) * PLOT_HEIGHT;
  const [left, right] = [SIDE + SCALE_WIDTH, WIDTH - SIDE];
  const step = (right - left) / Math.max(1, chart.categories.length);
  const parts = [
    text(SIDE, 36, frame.title, { size: 20 }),
    ...lines.map((line, index) => text(SIDE, 64 + index * LINE_HEIGHT, line, { fill: '#444' })),
    ...chart.series.map(({ name }, index) =>
      text(left + index * 200, top - 16, `${MARKS[index % 4]} ${name}`, { fill: colour(index) }),
    ),
    ...Array.from({ length: TICKS + 1 }, (_, tick) => {
      const value = (largest * tick) / TICKS;
      const line = `<line x1="${left}" x2="${right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>`;
      return line + text(left - 8, y(value) + 5, frame.number(value), { anchor: 'end', size: 12 });
    }),
    ...chart.categories.map((name, index) =>
      text(left + step * (index + 0.5), top + PLOT_HEIGHT + 24 + (index % 2) * shift(chart) * 18, name, {
        anchor: 'middle',
        size: 12,
      }),
    ),
    ...(chart.type === 'bar' ? bars(chart, { left, step, y, frame }) : curves(chart, { left, step, y })),
  ];
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>`;
  return { svg, height };
}

const colour = (index: number): string => COLOURS[index % COLOURS.length] ?? '#222';
/** Many names stand in two rows. */
const shift = ({ categories }: Chart): number => (categories.length > 7 ? 1 : 0);

interface Plot {
  readonly left: number;
  readonly step: number;
  readonly y: (value: number) => number;
}

function bars(chart: Chart, { left, step, y, frame }: Plot & { frame: ChartFrame }): string[] {
  const width = Math.min(64, (step * 0.8) / chart.series.length);
  return chart.series.flatMap(({ values }, series) =>
    values.map((value, index) => {
      const x = left + step * (index + 0.5) + width * (series - chart.series.length / 2);
      const bar = `<rect x="${x}" y="${y(value)}" width="${width * 0.92}" height="${y(0) - y(value)}" fill="${colour(series)}"/>`;
      // One series says its values; of several the scale does.
      const label = chart.series.length === 1 && value > 0;
      return (
        bar +
        (label ? text(x + width / 2, y(value) - 6, frame.number(value), { anchor: 'middle', size: 12 }) : '')
      );
    }),
  );
}

function curves(chart: Chart, { left, step, y }: Plot): string[] {
  return chart.series.flatMap(({ values }, series) => {
    const points = values.map((value, index) => [left + step * (index + 0.5), y(value)] as const);
    const path = points.map(([x, at]) => `${x},${at}`).join(' ');
    return [
      `<polyline points="${path}" fill="none" stroke="${colour(series)}" stroke-width="2.5"/>`,
      ...points.map(([x, at]) =>
        text(x, at + 4, MARKS[series % 4] ?? '●', { anchor: 'middle', size: 11, fill: colour(series) }),
      ),
    ];
  });
}
