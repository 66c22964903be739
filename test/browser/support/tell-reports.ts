// Has the messages of reports sent that no click asks for: Monday's, and of books that do not add up, with all that can differ.

import type { Db } from '../../../src/db/client.js';
import { transact } from '../../../src/db/transact.js';
import { addDays, todayIn, weekday } from '../../../src/domain/local-date.js';
import { notice } from '../../../src/domain/notices/notice.js';
import { enqueue } from '../../../src/domain/notices/outbox.service.js';
import { BOOK_CHECKS } from '../../../src/domain/reports/books.js';
import { tellDifferences } from '../../../src/domain/reports/books.service.js';
import { loadCompany } from '../../../src/domain/settings/company.service.js';

export async function tellReports(db: Db, now: Date): Promise<void> {
  const company = await loadCompany(db, now);
  const today = todayIn(now, company.timezone);
  const ctx = { db, now, today, company };
  const date = addDays(today, 1 - weekday(today));
  const to = { channel: 'escalation', otherwise: [] } as const;
  await transact(db, (tx) =>
    enqueue(tx, ctx, notice({ kind: 'report.monday', key: `report.monday:${date}`, to, payload: { date } })),
  );
  await tellDifferences(
    ctx,
    BOOK_CHECKS.map((check, index) => ({
      check,
      currency: 'CNY',
      count: 1 + index * 12_345,
      amount: -9_876_543_210_99n,
    })),
  );
}
