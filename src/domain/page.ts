// Pages of lists: 20 rows each, and a page that always exists. Pure.

export const PAGE_SIZE = 20;

/** How many pages there are, and the one shown: of a page beyond the last, the last. */
export function pageOf(total: number, asked: number, size = PAGE_SIZE): { page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(total / size));
  return { page: Math.min(Math.max(1, asked), pages), pages };
}
