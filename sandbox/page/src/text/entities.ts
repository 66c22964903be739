// Slack escapes exactly three characters in text; nothing else is an entity.

/** Undoes Slack's escaping of & < > in message text. */
export function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Escapes & < > so that typed text can never become a mention or a link. */
export function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:', 'slack:']);

/** The address if a link may point at it, else undefined (javascript: and data: never become links). */
export function safeUrl(url: string): string | undefined {
  try {
    return SAFE_SCHEMES.has(new URL(url, window.location.href).protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

const EMOJI: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  moneybag: '💰',
  money_with_wings: '💸',
  bell: '🔔',
  no_bell: '🔕',
  calendar: '📅',
  spiral_calendar_pad: '🗓️',
  date: '📅',
  tada: '🎉',
  eyes: '👀',
  wave: '👋',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  red_circle: '🔴',
  large_orange_circle: '🟠',
  white_circle: '⚪',
  black_circle: '⚫',
  large_blue_circle: '🔵',
  rotating_light: '🚨',
  mag: '🔍',
  pushpin: '📌',
  paperclip: '📎',
  page_facing_up: '📄',
  memo: '📝',
  chart_with_upwards_trend: '📈',
  bar_chart: '📊',
  thumbsup: '👍',
  '+1': '👍',
  thumbsdown: '👎',
  '-1': '👎',
  point_right: '👉',
  information_source: 'ℹ️',
  exclamation: '❗',
  question: '❓',
  clock9: '🕘',
  gear: '⚙️',
  lock: '🔒',
  house: '🏠',
  bust_in_silhouette: '👤',
  busts_in_silhouette: '👥',
  link: '🔗',
  truck: '🚚',
  slightly_smiling_face: '🙂',
};

/** Replaces :name: codes this sandbox knows by their character; others stay as typed. */
export function replaceEmoji(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => EMOJI[name] ?? whole);
}
