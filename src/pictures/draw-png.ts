// A chart as PNG, twice as fine as its points, in any language that the font has.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Chart, type ChartFrame, chartSvg } from './chart-svg.js';
import { FONT_FAMILY, loadFont } from './font.js';

/** Loaded with the first picture: most processes never draw one. */
let library: Promise<typeof import('@resvg/resvg-wasm')> | null = null;

async function load() {
  const path = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
  const resvg = await import('@resvg/resvg-wasm');
  await resvg.initWasm(await readFile(path));
  return resvg;
}

export async function drawPng(chart: Chart, frame: ChartFrame): Promise<Buffer> {
  library ??= load();
  const { Resvg } = await library;
  const { svg } = chartSvg(chart, frame);
  const font = { fontBuffers: [await loadFont()], defaultFontFamily: FONT_FAMILY, loadSystemFonts: false };
  const drawing = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 2 } });
  const image = drawing.render();
  try {
    return Buffer.from(image.asPng());
  } finally {
    // The memory of a WebAssembly module is not given back by itself.
    image.free();
    drawing.free();
  }
}
