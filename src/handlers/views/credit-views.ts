// A proposed credit limit: its form, its card in finance's channel, what waits on the customer's card, and what whoever
// proposed it is told. Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { LimitProposalFacts } from '../../domain/customers/credit-event.queries.js';
import type { CustomerDetails } from '../../domain/customers/customer.queries.js';
import { toDecimalString } from '../../domain/money.js';
import { formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { RECORD } from '../record-ids.js';
import type { ButtonWords } from './approval-views.js';
import { askedCard, type Full, openable, rejectionOf, waitingBlocks } from './asked-card-views.js';
import { button, escapeMrkdwn, fields, input, modal, plain, section, textInput } from './blocks.js';
import { deciders } from './decider-words.js';
import type { RowReader } from './row-views.js';

export const CREDIT_REASON_MAX = 500;
const REASON = 300;
/** Value of a button about the customer; parsed by customerIdOf (handlers). */
const customerValue = (id: string): string => JSON.stringify({ k: id });
const SCOPE = { action: 'credit.edit', ownerId: null } as const;

const limitWords = (minor: bigint | null, currency: string, { t, locale }: RowReader): string =>
  minor === null ? t('credit:none') : formatMoney(locale, { minor, currency });

const wordsOf = (facts: LimitProposalFacts, reader: RowReader) => ({
  number: facts.customer.code,
  customer: escapeMrkdwn(shortCustomer(reader.locale, facts.customer.name)),
  from: limitWords(facts.from, facts.currency, reader),
  to: limitWords(facts.to, facts.currency, reader),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: deciders(facts.approval, reader),
});

const openCustomer = ({ customer }: LimitProposalFacts, { t }: RowReader): Button =>
  button(ACTION.customerOpen, t('common:open'), { value: customerValue(customer.id) });

/** The card in finance's channel. */
export const creditCard = (facts: LimitProposalFacts, reader: RowReader): Full =>
  askedCard(
    {
      kind: 'credit',
      approval: facts.approval,
      words: wordsOf(facts, reader),
      heading: creditHeading(facts, reader),
      buttons: approveWords(facts, reader),
      open: openCustomer(facts, reader),
    },
    reader,
  );

/** What forms and cards about it begin with: from what to what, on what evidence, and why. */
export function creditHeading(facts: LimitProposalFacts, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const { from, to, asker } = wordsOf(facts, reader);
  const { evidence, currency } = facts;
  const money = (minor: bigint | null) =>
    minor === null ? t('customers:credit_unknown') : limitWords(minor, currency, reader);
  return [
    fields([
      [
        t('credit:field.customer'),
        `${facts.customer.code} ${shortCustomer(reader.locale, facts.customer.name)}`,
      ],
      [t('credit:field.change'), `${from} → ${to}`],
      [t('credit:field.asker'), truncate(facts.askedBy.name, 40) || asker],
      ...(evidence
        ? ([
            [t('customers:credit_exposure'), money(evidence.exposure)],
            [t('credit:field.overdue'), money(evidence.overdue)],
            [t('credit:field.oldest'), t('credit:days', { count: evidence.oldestDays })],
            [t('credit:field.received'), money(evidence.received)],
          ] as const)
        : []),
    ]),
    {
      type: 'section',
      text: plain(t('common:of_field', { label: t('credit:reason'), text: truncate(facts.reason, REASON) })),
    },
  ];
}

/** What its buttons say. */
const approveWords = (facts: LimitProposalFacts, reader: RowReader): ButtonWords => ({
  label: facts.customer.code,
  title: reader.t('credit:approve.title', { number: facts.customer.code }),
  text: reader.t('credit:approve.text', wordsOf(facts, reader)),
});

/** In the customer's card: what waits, and what the reader may do about it. */
export function waitingLimit(facts: LimitProposalFacts | null, reader: RowReader): KnownBlock[] {
  if (facts === null) return [];
  return waitingBlocks(
    {
      kind: 'credit',
      approval: facts.approval,
      askedById: facts.askedBy.id,
      line: reader.t('credit:waits', wordsOf(facts, reader)),
      details: creditHeading(facts, reader).slice(1),
      buttons: approveWords(facts, reader),
      scope: SCOPE,
    },
    reader,
  );
}

/** To whoever proposed it: decided, or over because the limit was set without it. */
export function creditDecided(facts: LimitProposalFacts, reader: RowReader): Full {
  const { status } = facts.approval;
  const words = { ...wordsOf(facts, reader), reason: rejectionOf(facts.approval) };
  const text = reader.t(`credit:decided.${status === 'open' ? 'withdrawn' : status}`, words);
  return openable(text, openCustomer(facts, reader));
}

/** [提议额度]: for finance, whose manager sets it at once; not while one waits. */
export const proposeButton = (
  { id, owner, proposal }: CustomerDetails,
  { t, actor }: RowReader,
): Button | null =>
  actor !== null &&
  proposal === null &&
  can(actor, 'credit.propose', owner.id) &&
  !can(actor, 'credit.edit', owner.id)
    ? button(RECORD.limit, t('credit:propose'), { value: customerValue(id) })
    : null;

/** Another limit, and why. */
export function creditForm(
  customer: CustomerDetails,
  baseCurrency: string,
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t, locale } = reader;
  const limit = customer.credit?.limit ?? null;
  const name = escapeMrkdwn(shortCustomer(locale, customer.name));
  return modal({
    callbackId: RECORD.limit,
    title: t('credit:propose'),
    submit: t('common:send_for_approval'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(
        t('credit:form.now', {
          number: customer.code,
          customer: name,
          limit: limitWords(limit, baseCurrency, reader),
        }),
      ),
      input(
        'limit',
        t('credit:form.limit'),
        textInput({ initial: limit === null ? null : toDecimalString(limit, baseCurrency) }),
        { optional: true, hint: t('credit:form.hint', { currency: baseCurrency }) },
      ),
      input('reason', t('credit:reason'), textInput({ multiline: true, maxLength: CREDIT_REASON_MAX })),
    ],
  });
}
