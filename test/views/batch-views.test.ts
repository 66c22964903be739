import { expect, it } from 'vitest';
import { MAX_MINOR } from '../../src/domain/money.js';
import type { AskedReceipt } from '../../src/domain/receipts/receipt-facts.queries.js';
import { batchModal, batchResults } from '../../src/handlers/views/batch-views.js';
import { anApproval } from '../support/approval-details.js';
import { aReceipt } from '../support/receipt-facts.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const idOf = (n: number) => `01a1f6ae-9900-72e0-ad7e-d0bbdf9${String(n).padStart(5, '0')}`;
const METADATA = JSON.stringify({ r: idOf(0) });
const receipts = (count: number, more: Partial<AskedReceipt> = {}): AskedReceipt[] =>
  Array.from({ length: count }, (_, n) => ({
    ...aReceipt(),
    number: `HK-20261120-${String(n).padStart(3, '0')}`,
    approval: anApproval({ id: idOf(n), version: 99_999 }),
    warnings: [],
    ...more,
  }));

it.each(LOCALES)('fits twenty of anything, with and without boxes, in %s', (locale) => {
  const extreme = { customerName: nasty(120), amount: MAX_MINOR };
  const flagged = { ...extreme, warnings: [{ kind: 'payer' as const }] };
  for (const found of [
    { receipts: receipts(20, extreme), total: 5000 },
    { receipts: receipts(20, flagged), total: 20 },
    { receipts: [...receipts(7, extreme), ...receipts(13, flagged)], total: 20 },
    { receipts: [], total: 0 },
  ])
    expectModal(
      batchModal(
        found,
        found.receipts.map((one) => one.approval.id),
        METADATA,
        reader(locale),
      ),
    );
  const results = receipts(20).map(({ number }, n) => ({ number, problem: n % 2 === 0 ? null : nasty(400) }));
  for (const waiting of [0, 4000]) expectModal(batchResults(results, waiting, reader(locale)));
});

it('counts what is ticked, one sum a currency, and never offers what is to be looked at', () => {
  const found = {
    receipts: [
      ...receipts(1, { amount: 100_00n }),
      ...receipts(1, { amount: 5_00n, currency: 'USD', approval: anApproval({ id: idOf(7) }) }),
      ...receipts(1, {
        number: 'HK-ODD',
        warnings: [{ kind: 'payer' }],
        approval: anApproval({ id: idOf(8) }),
      }),
    ],
    total: 3,
  };
  const ticked = [idOf(0), idOf(7), idOf(8)];
  const view = batchModal(found, ticked, METADATA, reader('zh-CN'));
  expect(JSON.stringify(view)).toContain('已选 2 笔 ¥100.00、US$5.00');
  const boxes = view.blocks.filter((block) => block.type === 'input');
  expect(JSON.stringify(boxes)).not.toContain('HK-ODD');
  expect(JSON.stringify(view)).toMatch(/HK-ODD[^"]*\\n需逐笔看/);
});
