// The other side of a race: so long, and no longer, is waited for an answer.

/** Resolves to null after `ms` milliseconds. */
export const later = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
