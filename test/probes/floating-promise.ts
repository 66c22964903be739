// Wrong on purpose: test/lint.test.ts proves that the lint sees it. Not linted otherwise.
async function save(): Promise<void> {
  await Promise.resolve();
}

export function forget(): void {
  save();
}

export const misuse = [1, 2].filter(async () => save());
