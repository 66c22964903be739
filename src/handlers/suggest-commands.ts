// The commands nearest to words that were not understood. Pure.

/** What is offered when nothing was understood: the words people mistype, and the command each stands for. */
const SUGGESTED: readonly (readonly [word: string, command: string])[] = [
  ['help', '/hk help'],
  ['帮助', '/hk help'],
  ['todo', '/hk-todo'],
  ['待办', '/hk-todo'],
  ['find', '/hk find'],
  ['search', '/hk find'],
  ['settings', '/hk settings'],
  ['设置', '/hk settings'],
  ['roles', '/hk roles'],
  ['report', '/hk-report'],
  ['aging', '/hk-report aging'],
  ['报表', '/hk-report'],
  ['import', '/hk import'],
  ['audit', '/hk audit'],
  ['审计', '/hk audit'],
  ['export', '/hk export'],
  ['角色', '/hk roles'],
  ['customer', '/hk-customer'],
  ['客户列表', '/hk-customer list'],
  ['contract', '/hk-contract'],
  ['合同列表', '/hk-contract list'],
  ['plan', '/hk-plan'],
  ['instalment', '/hk-plan list'],
  ['回款计划', '/hk-plan'],
  ['receipt', '/hk-receipt'],
  ['payment', '/hk-receipt'],
  ['登记回款', '/hk-receipt'],
  ['list', '/hk-contract list'],
];
const MAX_SUGGESTIONS = 3;

/** The commands whose words lie nearest to what was typed; none where nothing is near. */
export function suggest(typed: string): string[] {
  const near = SUGGESTED.map(([word, command]) => ({
    command,
    distance: editDistance(typed, word),
    length: [...word].length,
  }))
    .filter(({ distance, length }) => distance <= (length > 4 ? 2 : 1) && distance < length)
    .toSorted((a, b) => a.distance - b.distance);
  return [...new Set(near.map(({ command }) => command))].slice(0, MAX_SUGGESTIONS);
}

/** Letters to add, drop, replace or swap with their neighbour until one word is the other. */
export function editDistance(from: string, to: string): number {
  const a = [...from];
  const b = [...to];
  const rows: number[][] = [b.map((_, j) => j).concat(b.length)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (same ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
