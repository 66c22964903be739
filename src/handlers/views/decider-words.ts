// Who decided an approval, in words: a step that asks each of several names all of them. Pure.

import type { Locale } from '../../domain/access.js';
import type { ApprovalDetails, DecidedStep, NamedHand } from '../../domain/approvals/approval.queries.js';
import { formatNames, truncate } from '../i18n/format.js';
import { escapeMrkdwn } from './blocks.js';
import type { RowReader } from './row-views.js';

type Reader = Pick<RowReader, 't' | 'locale'>;
type Hands = NamedHand & Pick<DecidedStep, 'also'>;

const ALONE = 40;
const AMONG_OTHERS = 20;
/** A message has room for so many; of more it says how many. */
const NAMES = 12;

function listed(names: readonly string[], locale: Locale): string {
  const more = names.length - NAMES;
  return formatNames(locale, more > 0 ? [...names.slice(0, NAMES), `+${more}`] : names);
}

/** Whoever is the only one may have decided several steps; two people of one name are two. */
const once = <T>(all: readonly T[], keyOf: (one: T) => string): T[] => [
  ...new Map(all.map((one) => [keyOf(one), one])).values(),
];

/** 张三（代 李四）; escaped. */
export function whoDecided({ by, inPlaceOf }: NamedHand, { t }: Reader, most = AMONG_OTHERS): string {
  const nameOf = (person: { name: string }) => escapeMrkdwn(truncate(person.name, most));
  return inPlaceOf ? t('approvals:in_place', { who: nameOf(by), whom: nameOf(inPlaceOf) }) : nameOf(by);
}

const handsIn = (step: Hands): NamedHand[] => [...step.also, step];

const eachOf = (hands: readonly NamedHand[], reader: Reader): string[] =>
  once(hands, ({ by, inPlaceOf }) => `${by.id} ${inPlaceOf?.id ?? ''}`).map((hand) =>
    whoDecided(hand, reader),
  );

/** Whoever approved a step; escaped. */
export const handsOf = (step: Hands, reader: Reader): string =>
  step.also.length === 0
    ? whoDecided(step, reader, ALONE)
    : listed(eachOf(handsIn(step), reader), reader.locale);

/** Who decided in the end, in whose place, and that nobody else could; escaped. */
export function decider(approval: ApprovalDetails, reader: Reader): string {
  const { status, decidedBy, inPlaceOf, decidedSteps, solo } = approval;
  if (!decidedBy) return '—';
  const also = status === 'approved' ? (decidedSteps.at(-1)?.also ?? []) : [];
  const who = handsOf({ by: decidedBy, inPlaceOf, also }, reader);
  return solo && status !== 'withdrawn' ? reader.t('approvals:solo', { who }) : who;
}

/** The same for what tells of no step by itself: whoever approved any of them, in their order; escaped. */
export function deciders(approval: ApprovalDetails, reader: Reader): string {
  if (approval.status !== 'approved' || approval.decidedSteps.length < 2) return decider(approval, reader);
  const { decidedSteps, solo } = approval;
  const each = eachOf(decidedSteps.flatMap(handsIn), reader);
  const who = listed(each, reader.locale);
  return solo ? reader.t('approvals:solo', { who }) : who;
}

/** Their names alone; not escaped. */
export function deciderNames({ status, decidedSteps, decidedBy }: ApprovalDetails, locale: Locale): string {
  const hands = decidedSteps.flatMap(handsIn);
  const people = once(
    hands.map((hand) => hand.by),
    (person) => person.id,
  );
  if (status !== 'approved' || people.length < 2) return truncate(decidedBy?.name ?? '—', ALONE);
  return listed(
    people.map(({ name }) => truncate(name, AMONG_OTHERS)),
    locale,
  );
}
