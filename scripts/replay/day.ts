// One day of a replay: contracts in, the daily job, receipts in, figures.

import { approve } from '../../src/domain/approvals/decisions.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import type { LocalDate } from '../../src/domain/local-date.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { ReplayCompany } from './company.js';
import { CURRENCY, type Invoice } from './invoices.js';

/** What a day leaves; amounts in cents. */
export interface Figures {
  readonly date: LocalDate;
  readonly open: number;
  readonly openAmount: bigint;
  readonly overdue: number;
  readonly overdueAmount: bigint;
}

interface Booked {
  customerId: string;
  contractId: string;
  instalmentId: string;
}

/** Replays days in order; remembers only which row belongs to which invoice. */
export class Replay {
  private readonly customers = new Map<string, string>();
  private readonly booked = new Map<Invoice, Booked>();

  constructor(private readonly company: ReplayCompany) {}

  /** Steps 1 to 3 of a day. */
  async run(date: LocalDate, invoiced: readonly Invoice[], settled: readonly Invoice[]): Promise<void> {
    for (const invoice of invoiced) await this.makeContract(invoice);
    await planReminders(this.company.system(date, '09:00'));
    await this.deliver();
    for (const invoice of settled) await this.receive(invoice);
  }

  private async makeContract(invoice: Invoice): Promise<void> {
    const { company } = this;
    const date = invoice.invoicedOn;
    const customerId = await this.customerOf(invoice);
    const draft = await createContract(company.as('rep', date), {
      customerId,
      name: `Invoice ${invoice.number}`,
      type: 'parts',
      amount: invoice.amount,
      currency: CURRENCY,
      signedOn: date,
      remark: invoice.disputed ? 'Disputed' : null,
    });
    const plan = await createPlan(company.as('rep', date), {
      contractId: draft.id,
      rows: [{ name: invoice.number, amount: invoice.amount, dueOn: invoice.dueOn }],
    });
    await submitContract(company.as('rep', date), {
      id: draft.id,
      version: plan.contractVersion,
      planLater: false,
    });
    const approval = await company.db.approval.findFirstOrThrow({
      where: { subjectId: draft.id, status: 'open' },
    });
    await approve(company.as('manager', date), approval.id, approval.version);
    const [row] = plan.rows;
    if (!row) throw new RangeError('a plan of one row has a row');
    this.booked.set(invoice, { customerId, contractId: draft.id, instalmentId: row.id });
  }

  private async customerOf(invoice: Invoice): Promise<string> {
    const known = this.customers.get(invoice.customer);
    if (known !== undefined) return known;
    const customer = await createCustomer(this.company.as('rep', invoice.invoicedOn), {
      name: invoice.customer,
    });
    this.customers.set(invoice.customer, customer.id);
    return customer.id;
  }

  private async receive(invoice: Invoice): Promise<void> {
    const target = this.booked.get(invoice);
    if (!target) throw new RangeError(`${invoice.number} is settled before it is invoiced`);
    const { company } = this;
    const receipt = await recordReceipt(
      company.as('rep', invoice.settledOn),
      {
        ...target,
        amount: invoice.amount,
        currency: CURRENCY,
        method: 'transfer',
        receivedOn: invoice.settledOn,
        bankSlipNo: invoice.number,
      },
      { notDuplicate: true, lines: [{ instalmentId: target.instalmentId, amount: invoice.amount }] },
    );
    const approval = await company.db.approval.findFirstOrThrow({
      where: { subjectId: receipt.id, status: 'open' },
    });
    await approve(company.as('finance', invoice.settledOn), approval.id, approval.version);
  }

  /** Messages of a replay are counted, not sent: what was waiting counts as sent. */
  private async deliver(): Promise<void> {
    const { db } = this.company;
    await db.$executeRaw`UPDATE outbox SET status = 'sent' WHERE status = 'pending'`;
    await db.$executeRaw`UPDATE reminder SET status = 'sent' WHERE status = 'pending' AND outbox_id IS NOT NULL`;
  }

  /** What is open and overdue at the end of a day, from the database. */
  async figures(date: LocalDate): Promise<Figures> {
    const [row] = await this.company.db.$queryRaw<Omit<Figures, 'date'>[]>`
      SELECT COUNT(*)::int AS open, COALESCE(SUM(outstanding), 0)::bigint AS "openAmount",
        (COUNT(*) FILTER (WHERE effective_due < ${date}::date))::int AS overdue,
        COALESCE(SUM(outstanding) FILTER (WHERE effective_due < ${date}::date), 0)::bigint AS "overdueAmount"
      FROM instalment WHERE lifecycle = 'open'`;
    if (!row) throw new RangeError('an aggregate has one row');
    return { date, ...row };
  }
}
