// Coloured initials instead of pictures; decoration beside a name that is always written out.
import type { User } from '../../../server/protocol.js';

/** One or two characters that stand for a name: a Chinese given name, or initials. */
export function initials(name: string): string {
  const clean = name.trim();
  if (/\p{Script=Han}/u.test(clean))
    return Array.from(clean.replace(/[^\p{Script=Han}]/gu, ''))
      .slice(-2)
      .join('');
  const words = clean.split(/[\s._-]+/).filter(Boolean);
  return (
    words
      .map((word) => Array.from(word)[0] ?? '')
      .slice(0, 2)
      .join('')
      .toUpperCase() || '?'
  );
}

/** Darkens a colour until white text on it reaches contrast 4.5:1. */
function readable(color: string): string {
  const channels = [0, 2, 4].map((at) => Number.parseInt(color.slice(at, at + 2), 16) || 0);
  const light = ([r = 0, g = 0, b = 0]: number[]) => {
    const linear = [r, g, b].map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  };
  let shade = channels;
  while (light(shade) > 0.178) shade = shade.map((one) => Math.floor(one * 0.93));
  return `rgb(${shade.join(' ')})`;
}

/** The avatar of a person or app; `size` is the CSS class suffix. */
export function Avatar({
  user,
  name,
  size = 'medium',
}: {
  user?: User | undefined;
  name: string;
  size?: 'small' | 'medium';
}) {
  return (
    <span
      className={`avatar avatar-${size}${user?.is_bot ? ' avatar-bot' : ''}`}
      style={{ backgroundColor: readable(user?.color ?? '5b6470') }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}
