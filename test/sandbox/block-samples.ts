// Small valid blocks for the validation tests; each test spoils one thing.

export type Json = Record<string, unknown>;

export const chars = (n: number) => '款'.repeat(n);
export const plain = (text: string) => ({ type: 'plain_text', text });
export const times = <T>(n: number, make: (index: number) => T) =>
  Array.from({ length: n }, (_, index) => make(index));
export const option = (text = 'a', value = 'a') => ({ text: plain(text), value });
export const section = (more: Json = {}) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: 'x' },
  ...more,
});
export const actions = (...elements: Json[]) => ({ type: 'actions', elements });
export const button = (more: Json = {}) => ({ type: 'button', text: plain('Go'), ...more });
export const input = (element: Json, more: Json = {}) => ({
  type: 'input',
  label: plain('L'),
  element,
  ...more,
});
export const select = (more: Json) => actions({ type: 'static_select', ...more });
export const confirm = (more: Json) => actions(button({ confirm: { text: plain('Sure?'), ...more } }));
export const rawRow = (n: number, text = 'c') => times(n, () => ({ type: 'raw_text', text }));
export const pie = (n: number, more: Json = {}) => ({
  type: 'data_visualization',
  title: 'Chart',
  chart: { type: 'pie', segments: times(n, (index) => ({ label: `s${index}`, value: 1 })) },
  ...more,
});
/** Of a pie: one with a label of so many characters. */
export const segments = (length: number) => ({
  chart: { type: 'pie', segments: [{ label: 'x'.repeat(length), value: 1 }] },
});
export const line = (n: number, points = 1) => ({
  type: 'data_visualization',
  title: 'Chart',
  chart: {
    type: 'line',
    series: times(n, (index) => ({
      name: `s${index}`,
      data: times(points, (point) => ({ label: `p${point}`, value: 1 })),
    })),
    axis_config: { categories: times(points, (point) => `p${point}`) },
  },
});
