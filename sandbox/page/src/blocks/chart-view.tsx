// The data_visualization block as plain SVG, with the same numbers in a table that can be opened.
import { useLanguage } from '../words/words.js';
import { CHART, labelLines, labelWidth, makeScale, slicePath, valueAt } from './chart-geometry.js';
import type { AxisChart, DataVisualizationBlock, PieChart } from './model.js';

const color = (index: number) => `var(--chart-${(index % 6) + 1})`;

/** A line, bar, area or pie chart. */
export function ChartView({ block }: { block: DataVisualizationBlock }) {
  const { words } = useLanguage();
  const { chart } = block;
  const names =
    chart.type === 'pie' ? chart.segments.map((one) => one.label) : chart.series.map((one) => one.name);
  return (
    <figure className="chart">
      <figcaption>{block.title}</figcaption>
      <svg
        viewBox={`0 0 ${CHART.width} ${CHART.height}`}
        role="img"
        aria-label={words.chartSummary(block.title)}
      >
        {chart.type === 'pie' ? <Pie chart={chart} /> : <Axes chart={chart} />}
      </svg>
      <ul className="chart-legend">
        {names.map((name, index) => (
          <li key={name}>
            <span className="chart-swatch" style={{ backgroundColor: color(index) }} aria-hidden="true" />{' '}
            {name}
          </li>
        ))}
      </ul>
      <details>
        <summary>{words.chartValues}</summary>
        <ChartTable chart={chart} />
      </details>
    </figure>
  );
}

function Pie({ chart }: { chart: PieChart }) {
  const total = chart.segments.reduce((sum, one) => sum + one.value, 0) || 1;
  let at = 0;
  return chart.segments.map((segment, index) => {
    const from = at;
    at += segment.value / total;
    const percent = `${Math.round((segment.value / total) * 100)}%`;
    return (
      <path
        key={segment.label}
        d={slicePath(from, at, 100, CHART.width / 2, CHART.height / 2)}
        fill={color(index)}
        className="chart-slice"
      >
        <title>{`${segment.label}: ${segment.value} (${percent})`}</title>
      </path>
    );
  });
}

function Axes({ chart }: { chart: AxisChart }) {
  const { locale } = useLanguage();
  const scale = makeScale(chart);
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const { categories } = chart.axis_config;
  // Along a line labels follow from their neighbours and are left out; a bar's own is cut.
  const widest = chart.type === 'bar' ? 0 : Math.max(...categories.map(labelWidth));
  const every = Math.max(Math.ceil(categories.length / 10), Math.ceil(widest / scale.step));
  return (
    <>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={CHART.left}
            x2={CHART.width - CHART.right}
            y1={scale.y(tick)}
            y2={scale.y(tick)}
            className="chart-grid"
          />
          <text x={CHART.left - 8} y={scale.y(tick) + 4} className="chart-label" textAnchor="end">
            {short.format(tick)}
          </text>
        </g>
      ))}
      {categories.map((category, index) =>
        index % every === 0 ? (
          <text
            key={category}
            x={scale.x(index)}
            y={CHART.height - CHART.bottom + 18}
            className="chart-label"
            textAnchor="middle"
          >
            {labelLines(category, scale.step * every).map((line, at) => (
              <tspan key={line} x={scale.x(index)} dy={at === 0 ? 0 : 14}>
                {line}
              </tspan>
            ))}
            <title>{category}</title>
          </text>
        ) : null,
      )}
      {chart.type === 'bar' ? <Bars chart={chart} /> : <Lines chart={chart} />}
    </>
  );
}

function Bars({ chart }: { chart: AxisChart }) {
  const scale = makeScale(chart);
  const width = (scale.step * 0.7) / chart.series.length;
  return chart.series.map((series, at) =>
    chart.axis_config.categories.map((category, index) => {
      const value = valueAt(series.data, category);
      const top = Math.min(scale.y(value), scale.y(0));
      return (
        <rect
          key={`${series.name}-${category}`}
          x={scale.x(index) - (width * chart.series.length) / 2 + width * at}
          y={top}
          width={Math.max(1, width - 2)}
          height={Math.abs(scale.y(value) - scale.y(0))}
          rx={2}
          fill={color(at)}
        >
          <title>{`${series.name} · ${category}: ${value}`}</title>
        </rect>
      );
    }),
  );
}

function Lines({ chart }: { chart: AxisChart }) {
  const scale = makeScale(chart);
  const { categories } = chart.axis_config;
  return chart.series.map((series, at) => {
    const points = categories.map(
      (category, index) => `${scale.x(index)},${scale.y(valueAt(series.data, category))}`,
    );
    const base = `${scale.x(categories.length - 1)},${scale.y(0)} ${scale.x(0)},${scale.y(0)}`;
    return (
      <g key={series.name}>
        {chart.type === 'area' && (
          <polygon points={`${points.join(' ')} ${base}`} fill={color(at)} className="chart-area" />
        )}
        <polyline points={points.join(' ')} fill="none" stroke={color(at)} strokeWidth={2} />
        {categories.map((category, index) => (
          <circle
            key={category}
            cx={scale.x(index)}
            cy={scale.y(valueAt(series.data, category))}
            r={3}
            fill={color(at)}
          >
            <title>{`${series.name} · ${category}: ${valueAt(series.data, category)}`}</title>
          </circle>
        ))}
      </g>
    );
  });
}

function ChartTable({ chart }: { chart: AxisChart | PieChart }) {
  const { locale } = useLanguage();
  const number = new Intl.NumberFormat(locale);
  if (chart.type === 'pie') {
    return (
      <table className="block-table">
        <tbody>
          {chart.segments.map((segment) => (
            <tr key={segment.label}>
              <th scope="row">{segment.label}</th>
              <td>{number.format(segment.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    );
  }
  return (
    <table className="block-table">
      <thead>
        <tr>
          <th scope="col">{chart.axis_config.x_label ?? ''}</th>
          {chart.series.map((series) => (
            <th key={series.name} scope="col">
              {series.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {chart.axis_config.categories.map((category) => (
          <tr key={category}>
            <th scope="row">{category}</th>
            {chart.series.map((series) => (
              <td key={series.name}>{number.format(valueAt(series.data, category))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
