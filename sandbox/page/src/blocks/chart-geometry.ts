// Arithmetic of the charts: scales, ticks and slices; draws nothing.
import type { AxisChart, ChartPoint } from './model.js';

export const CHART = { width: 560, height: 240, left: 64, right: 12, top: 12, bottom: 46 } as const;

export interface AxisScale {
  ticks: number[];
  /** Pixel row of a value. */
  y: (value: number) => number;
  /** Centre of a category's column, and the column's width. */
  x: (index: number) => number;
  step: number;
}

/** Tick values from the lowest to the highest value, 0 included, at round steps. */
export function makeTicks(low: number, high: number): number[] {
  const span = high - low || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Value of a series at a category; a missing point counts as 0. */
export function valueAt(data: readonly ChartPoint[], category: string): number {
  return data.find((point) => point.label === category)?.value ?? 0;
}

/** Scales of a line, bar or area chart. */
export function makeScale(chart: AxisChart): AxisScale {
  const values = chart.series.flatMap((one) => one.data.map((point) => point.value));
  const ticks = makeTicks(Math.min(0, ...values), Math.max(0, ...values));
  const low = ticks[0] ?? 0;
  const high = ticks.at(-1) ?? 1;
  const innerHeight = CHART.height - CHART.top - CHART.bottom;
  const step = (CHART.width - CHART.left - CHART.right) / Math.max(1, chart.axis_config.categories.length);
  return {
    ticks,
    step,
    y: (value) => CHART.top + innerHeight * (1 - (value - low) / (high - low)),
    x: (index) => CHART.left + step * (index + 0.5),
  };
}

/** SVG path of a pie slice between two fractions of the circle. */
export function slicePath(from: number, to: number, radius: number, cx: number, cy: number): string {
  const point = (part: number) => {
    const angle = part * 2 * Math.PI - Math.PI / 2;
    return `${cx + radius * Math.cos(angle)} ${cy + radius * Math.sin(angle)}`;
  };
  if (to - from >= 0.9999) {
    return `M ${point(0)} A ${radius} ${radius} 0 1 1 ${point(0.5)} A ${radius} ${radius} 0 1 1 ${point(1)} Z`;
  }
  return `M ${cx} ${cy} L ${point(from)} A ${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${point(to)} Z`;
}

/** About how wide a label is drawn, with the space to the next one. */
export const labelWidth = (label: string): number =>
  [...label].reduce((sum, sign) => sum + (sign > '\u2fff' ? 12 : 6.5), 6);

/** A label in one line, or in two where it has a space to break at; each cut to the room that it has. */
export function labelLines(label: string, room: number): string[] {
  if (labelWidth(label) <= room) return [label];
  const words = label.split(' ');
  let count = 1;
  while (count < words.length - 1 && labelWidth(words.slice(0, count + 1).join(' ')) <= room) count += 1;
  return [words.slice(0, count), words.slice(count)]
    .filter((line) => line.length > 0)
    .map((line) => fitted(line.join(' '), room));
}

/** A label cut to the room that it has. */
function fitted(label: string, room: number): string {
  if (labelWidth(label) <= room) return label;
  const signs = [...label];
  while (signs.length > 1 && labelWidth(`${signs.join('')}…`) > room) signs.pop();
  return `${signs.join('').trimEnd()}…`;
}
