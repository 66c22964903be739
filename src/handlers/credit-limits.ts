// [提议额度] on a customer's card: finance proposes a credit limit, a finance manager decides (rules §12).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { proposeLimit } from '../domain/customers/credit-event.service.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { customerIdOf, customerListBehind, drawCustomerCard, isOnCustomerCard } from './customer-card.js';
import { formatNames } from './i18n/format.js';
import type { Doors } from './listen.js';
import { RECORD } from './record-ids.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, returnTo } from './turn-to.js';
import { formMetadata, type SubmitTurn } from './turns.js';
import { CREDIT_REASON_MAX, creditForm } from './views/credit-views.js';

/** `o`: opened on top of the card; `l`: the list behind it. */
const metadata = formMetadata({
  k: z.uuid(),
  v: z.number().int(),
  o: z.boolean(),
  l: z.string().optional(),
});
type Metadata = z.infer<typeof metadata>;

/** Plugs in the form. */
export function registerCreditLimits(doors: Doors): void {
  doors.opens(RECORD.limit, (turn) => openForm(turn, customerIdOf(turn.value)));
  doors.submit(RECORD.limit, metadata, submit);
}

async function openForm(turn: Mover, customerId: string): Promise<void> {
  const { ctx } = turn;
  const customer = await loadCustomer(ctx, customerId);
  authorize(ctx.actor, 'credit.propose', customer.owner.id);
  if (customer.proposal) throw new DomainError('credit.proposal_open', { code: customer.code });
  const shown: Metadata = {
    r: newId(ctx.now),
    k: customer.id,
    v: customer.version,
    o: isOnCustomerCard(turn),
    l: customerListBehind(turn),
  };
  const { baseCurrency } = ctx.company;
  await showView(turn, creditForm(customer, baseCurrency, JSON.stringify(shown), readerOf(turn)));
}

async function submit(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  const entered = form.text('limit', { max: 30 });
  const limit = entered === null ? null : form.amount('limit', ctx.company.baseCurrency, { orZero: true });
  const reason = form.requiredText('reason', { max: CREDIT_REASON_MAX });
  form.check();
  const { code, names } = await proposeLimit(ctx, { customerId: shown.k, version: shown.v, limit, reason });
  const words = { number: code, names: formatNames(ctx.actor.locale, names) };
  const result = t(names.length > 0 ? 'credit:asked.done' : 'credit:asked.orphan', words);
  return returnTo(turn, shown.o, await drawCustomerCard(turn, shown.k, { result, list: shown.l }));
}
