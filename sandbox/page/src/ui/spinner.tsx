// A small turning ring for things under way; the words beside or around it say what.

/** Decorative spinner of 1em. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
