// Settings of small amounts (容差): what is not reminded, what may be let go, how long an acknowledged case waits; admins
// only (rules §5, §8; ux §4.9).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { MAX_SMALL_DIFFERENCE } from '../domain/adjustments/adjustment.js';
import { newId } from '../domain/ids.js';
import { exponentOf, toDecimalString } from '../domain/money.js';
import { parseAmount } from '../domain/parse-amount.js';
import { editCompany } from '../domain/settings/company.service.js';
import { countTolerated } from '../domain/settings/overview.queries.js';
import { MAX_ACK_DAYS, MAX_TOLERANCE } from '../domain/settings/settings.js';
import type { Form } from './forms.js';
import { formatMoney } from './i18n/format.js';
import type { Doors } from './listen.js';
import { SETTINGS } from './settings-ids.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { present } from './views/blocks.js';
import { toleranceForm } from './views/settings-tolerance-views.js';
import { savedWords } from './views/settings-views.js';

const metadata = formMetadata({ v: z.number().int() });

/** Plugs in the form. */
export function registerTolerance(doors: Doors): void {
  doors.opens(SETTINGS.tolerance, openTolerance);
  doors.submit(SETTINGS.tolerance, metadata, saveTolerance);
}

async function openTolerance(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency: base, version } = ctx.company;
  const state = JSON.stringify({ r: newId(ctx.now), v: version });
  const tolerated = await countTolerated(ctx, settings.toleranceMinor);
  await turn.show(toleranceForm(t, settings, { base, tolerated }, state));
}

async function saveTolerance(turn: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  authorize(ctx.actor, 'settings.edit');
  const currency = ctx.company.baseCurrency;
  const toleranceMinor = readSmall(form, 'tolerance', currency, MAX_TOLERANCE);
  const smallDifferenceMinor = readSmall(form, 'small', currency, MAX_SMALL_DIFFERENCE);
  const ackDays = form.wholeNumber('ackDays', { min: 1, max: MAX_ACK_DAYS });
  form.check();
  const before = ctx.company.settings;
  await editCompany(ctx, shown.v, { settings: { toleranceMinor, smallDifferenceMinor, ackDays } });
  const money = (minor: number) => formatMoney(ctx.actor.locale, { minor: BigInt(minor), currency });
  const changes = present<string>(
    toleranceMinor !== before.toleranceMinor &&
      t('settings:tolerance_saved.amount', {
        amount: money(toleranceMinor),
        count: await countTolerated(ctx, toleranceMinor),
      }),
    smallDifferenceMinor !== before.smallDifferenceMinor &&
      t('settings:tolerance_saved.small', { amount: money(smallDifferenceMinor) }),
    ackDays !== before.ackDays && t('settings:tolerance_saved.days', { days: ackDays }),
  );
  return { done: savedWords(t, t('settings:tolerance'), changes) };
}

/** Empty or 0: none. */
function readSmall(form: Form, field: string, currency: string, max: number): number {
  const text = form.text(field, { max: 10 });
  if (text === null || /^0(\.0+)?$/.test(text)) return 0;
  const read = parseAmount(text, currency);
  if (read.ok && read.minor <= BigInt(max)) return Number(read.minor);
  if (!read.ok && read.code !== 'amount.out_of_range') form.refuse(field, read.code, read.params);
  form.refuse(field, 'amount.out_of_range', {
    max: toDecimalString(BigInt(max), currency),
    decimals: exponentOf(currency),
  });
  return 0;
}
