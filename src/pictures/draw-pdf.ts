// A report as PDF, A4 across: title, what it says first, its chart, its table with the header on every page, its notes.
import type { Chart, ChartFrame } from './chart-svg.js';
import { drawPng } from './draw-png.js';
import { loadFont } from './font.js';

export interface PdfPage extends ChartFrame {
  readonly chart: Chart | null;
  readonly columns: readonly { readonly name: string; readonly numeric?: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** Lines below the rows that sum them up. */
  readonly foot: readonly (readonly string[])[];
  readonly notes: readonly string[];
  /** 第 1 页，共 2 页 */
  readonly pageWords: (page: number, pages: number) => string;
}

const FONT = 'noto';
/** Of pdfmake's own files, in memory; its types do not know them. */
const FONT_FILE = 'noto.ttf';
interface Files {
  readonly virtualfs: { writeFileSync(name: string, data: Buffer): void };
}

const CHART_WIDTH = 560;

export async function drawPdf(page: PdfPage): Promise<Buffer> {
  const { default: pdfmake } = await import('pdfmake');
  const image = page.chart === null ? null : await imageOf(page.chart, page);
  (pdfmake as typeof pdfmake & Files).virtualfs.writeFileSync(FONT_FILE, await loadFont());
  const font = { normal: FONT_FILE, bold: FONT_FILE, italics: FONT_FILE, bolditalics: FONT_FILE };
  pdfmake.setFonts({ [FONT]: font });
  // A document fetches nothing and reads no file.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
  const align = (index: number) => (page.columns[index]?.numeric ? ('right' as const) : ('left' as const));
  const line = (cells: readonly string[], more: object = {}) =>
    cells.map((text, index) => ({ text, alignment: align(index), ...more }));
  const head = page.columns.map(({ name }) => name);
  const body = [
    line(head, { fillColor: '#eef2f7' }),
    ...page.rows.map((cells) => line(cells)),
    ...page.foot.map((cells) => line(cells, { fillColor: '#f7f7f7' })),
  ];
  const widths = page.columns.map((column, index) => (index === 0 || !column.numeric ? '*' : 'auto'));
  return pdfmake
    .createPdf({
      pageSize: 'A4',
      pageOrientation: 'landscape',
      pageMargins: [32, 36, 32, 40],
      info: { title: page.title },
      defaultStyle: { font: FONT, fontSize: 8 },
      footer: (current: number, count: number) => ({
        text: page.pageWords(current, count),
        alignment: 'right',
        margin: [32, 12],
      }),
      content: [
        { text: page.title, fontSize: 15, margin: [0, 0, 0, 6] },
        ...page.lines.map((text) => ({
          text,
          fontSize: 10,
          margin: [0, 0, 0, 3] as [number, number, number, number],
        })),
        ...(image === null ? [] : [{ image, width: CHART_WIDTH }]),
        ...(page.rows.length === 0
          ? []
          : [
              {
                table: { headerRows: 1, widths, body },
                layout: 'lightHorizontalLines',
                margin: [0, 8, 0, 8] as [number, number, number, number],
              },
            ]),
        ...page.notes.map((text) => ({ text, color: '#555555' })),
      ],
    })
    .getBuffer();
}

/** The chart alone: its title and lines are the page's. */
async function imageOf(chart: Chart, frame: ChartFrame): Promise<string> {
  const png = await drawPng(chart, { ...frame, title: '', lines: [] });
  return `data:image/png;base64,${png.toString('base64')}`;
}
