// Rules of the blocks that show data: table, data_table, data_visualization.
import { LIMITS } from './validate-limits.js';
import { id } from './validate-objects.js';
import { richTextBlock } from './validate-rich-text.js';
import {
  byType,
  countCodePoints,
  flag,
  isObject,
  type Json,
  list,
  literal,
  number,
  object,
  objectsIn,
  oneOf,
  type Report,
  type Rule,
  string,
  whole,
} from './validate-rules.js';

const cellText = string({ min: 0, max: LIMITS.tableCharacters });
const cell = byType({
  raw_text: object({ required: { type: literal('raw_text'), text: cellText } }),
  raw_number: object({ required: { type: literal('raw_number'), value: number, text: cellText } }),
  rich_text: richTextBlock,
});
const row = list(cell, { max: LIMITS.tableColumns });

function countText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + countText(entry), 0);
  if (!isObject(value)) return 0;
  const own = typeof value.text === 'string' ? countCodePoints(value.text) : 0;
  return own + countText(value.elements);
}

/** The characters shown in all cells of a table block. */
export function countTableCharacters(block: Json): number {
  return Array.isArray(block.rows) ? block.rows.reduce<number>((sum, cells) => sum + countText(cells), 0) : 0;
}

function limitCharacters(block: Json, pointer: string, report: Report): void {
  if (countTableCharacters(block) > LIMITS.tableCharacters) {
    report(`${pointer}/rows`, `must be less than ${LIMITS.tableCharacters + 1} characters in all cells`);
  }
}

export const tableBlock: Rule = object({
  required: { type: literal('table'), rows: list(row, { max: LIMITS.tableRows }) },
  optional: {
    block_id: id,
    column_settings: list(
      object({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: flag } }),
      { min: 0, max: LIMITS.tableColumns },
    ),
  },
  also: limitCharacters,
});

export const dataTableBlock: Rule = object({
  required: {
    type: literal('data_table'),
    rows: list(row, { min: 2, max: LIMITS.dataTableRows }),
    caption: string({ max: LIMITS.text }),
  },
  optional: {
    block_id: id,
    page_size: whole(1, 100),
    row_header_column_index: whole(0, LIMITS.tableColumns - 1),
  },
  also: limitCharacters,
});

const name = string({ max: LIMITS.chartLabel });
const axisTitle = string({ max: LIMITS.axisTitle });
const point = object({ required: { label: name, value: number } });
const series = list(object({ required: { name, data: list(point, { max: LIMITS.chartCategories }) } }), {
  max: LIMITS.chartSeries,
});
const axes = object({
  required: { categories: list(name, { max: LIMITS.chartCategories }) },
  optional: { x_label: axisTitle, y_label: axisTitle },
});

function labelsMatchCategories(chart: Json, pointer: string, report: Report): void {
  const categories = isObject(chart.axis_config) ? chart.axis_config.categories : undefined;
  const names = objectsIn(chart.series).map((entry) => entry.name);
  if (new Set(names).size !== names.length) report(`${pointer}/series`, 'series names must be unique');
  objectsIn(chart.series).forEach((entry, index) => {
    const labels = objectsIn(entry.data).map((item) => item.label);
    if (JSON.stringify(labels) !== JSON.stringify(categories)) {
      report(`${pointer}/series/${index}/data`, 'labels must match the axis categories');
    }
  });
}

function plot(type: string): Rule {
  return object({
    required: { type: literal(type), series, axis_config: axes },
    also: labelsMatchCategories,
  });
}

export const dataVisualizationBlock: Rule = object({
  required: {
    type: literal('data_visualization'),
    title: string({ max: LIMITS.chartTitle }),
    chart: byType({
      pie: object({ required: { type: literal('pie'), segments: list(point, { max: LIMITS.chartSeries }) } }),
      bar: plot('bar'),
      area: plot('area'),
      line: plot('line'),
    }),
  },
  optional: { block_id: id },
});
