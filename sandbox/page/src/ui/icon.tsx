// The page's few line icons, drawn in the text's colour; always decoration, never the only label.

const PATHS = {
  hash: 'M6 2.5 4.5 13.5M11.5 2.5 10 13.5M2.5 5.5h11M2 10.5h11',
  lock: 'M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  home: 'M2.5 7.5 8 2.5l5.5 5M4 6.5v7h8v-7M6.8 13.5v-4h2.4v4',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  back: 'M9.5 3 4.5 8l5 5',
  down: 'M3.5 6l4.5 4.5L12.5 6',
  up: 'M3.5 10.5 8 6l4.5 4.5',
  more: 'M3.4 8h.2M7.9 8h.2M12.4 8h.2',
  reply: 'M6.5 3.5 2.5 7.5l4 4M2.5 7.5h6a5 5 0 0 1 5 5',
  clip: 'M13 7.5 8 12.4a3.2 3.2 0 0 1-4.6-4.5l5.3-5.2a2.1 2.1 0 0 1 3 3L6.6 10.8a1 1 0 0 1-1.5-1.5l4.6-4.5',
  send: 'M2 13.5 14 8 2 2.5 3.5 8zM3.5 8H8',
  bolt: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  file: 'M4 1.5h5l3 3v10H4zM9 1.5v3h3',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5',
  pulse: 'M1.5 8.5H5l1.5-5 3 9 1.5-4h3.5',
  warn: 'M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.7h.01',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.2v3.6M8 5h.01',
  window: 'M9 2.5h4.5V7M13.2 2.8 8 8M12 9.5v4H2.5V4h4',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon of 1em; give the control around it a label. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
