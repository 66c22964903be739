// Money that came in from nobody knows whom (P34, 待认领来款): recorded, claimed by a rep as a receipt of a customer, then
// confirmed by finance like any receipt. It counts nowhere until then; what is claimed follows from the living receipt.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { isUniqueViolation, transact } from '../../db/transact.js';
import type { UnclaimedMoney } from '../../generated/prisma/client.js';
import { authorize, can, rolesFor } from '../access.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { twinKey } from '../customers/customer.js';
import { matchingCustomers } from '../customers/customer-search.queries.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { addDays, toUtcDate } from '../local-date.js';
import { findPeople, listHolders } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { personalKey, type Rewrite } from '../notices/outbox.service.js';
import { takeNumber } from '../numbering.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { holdBankNumbers } from './bank-numbers.service.js';
import {
  asOriginal,
  DUPLICATE_WINDOW_DAYS,
  LIVE_STATUSES,
  MONEY_IN_KINDS,
  sameNumber,
  type UnclaimedInput,
  unclaimedInput,
} from './receipt.js';
import { checkReplaced, inheritAttachments, rejectionRewrites } from './receipt-replaced.service.js';
import { askAboutTwins, type NotDuplicate } from './receipt-twins.service.js';

export const unclaimedCardKey = (id: string): string => `unclaimed.card:${id}`;

/** The card shows whether it is claimed: drawn anew with every step of the receipt that claims it. */
export function unclaimedRewrites(receipt: {
  id: string;
  version: number;
  unclaimedId: string | null;
}): Rewrite[] {
  const { id, version, unclaimedId } = receipt;
  if (unclaimedId === null) return [];
  const payload = { unclaimedId };
  return [{ key: unclaimedCardKey(unclaimedId), kind: 'unclaimed.card', payload, tag: `${id}.${version}` }];
}

/**
 * Records money whose customer is unknown; the finance channel is asked who knows it.
 * @throws DomainError receipt.future_date, receipt.duplicate_slip, receipt.duplicate_suspected, choice.unknown,
 *   access.denied, not_found (what it replaces), request.repeated
 */
export async function recordUnclaimed(
  ctx: Ctx,
  raw: UnclaimedInput,
  options: { files?: UploadedFile[]; notDuplicate?: NotDuplicate; replacesId?: string | null } = {},
): Promise<UnclaimedMoney> {
  const { replacesId = null } = options;
  const { receivedOn, ...fields } = unclaimedInput.parse(raw);
  const { company, now, actor } = ctx;
  authorize(actor, 'receipt.record');
  if (receivedOn > ctx.today)
    throw new DomainError('receipt.future_date', { today: ctx.today }, 'receivedOn');
  if (!company.settings.paymentMethods.some((entry) => entry.key === fields.method))
    throw new DomainError('choice.unknown', { value: fields.method }, 'method');
  if (!company.settings.currencies.includes(fields.currency))
    throw new DomainError('choice.unknown', { value: fields.currency }, 'currency');
  const number = await takeNumber(ctx, 'receipt');
  const id = newId(now);
  try {
    return await transact(ctx.db, async (tx) => {
      await claimRequest(tx, ctx, 'unclaimed.record', {
        reference: number,
        subjectType: 'unclaimed',
        subjectId: id,
      });
      await checkReplaced(tx, ctx, replacesId, 'unclaimed');
      if (fields.bankSlipNo !== null) await holdBankNumbers(tx, [fields.bankSlipNo]);
      await refuseTwin(tx, { receivedOn, ...fields }, options.notDuplicate ?? false);
      const money = await tx.unclaimedMoney.create({
        data: {
          ...fields,
          id,
          number,
          receivedOn: toUtcDate(receivedOn),
          replacesId,
          recordedById: actor.id,
          createdAt: now,
          updatedAt: now,
        },
      });
      await keepAttachments(tx, ctx, 'unclaimed', id, options.files ?? []);
      await inheritAttachments(tx, ctx, { ownerType: 'unclaimed', ownerId: id }, { replacesId });
      const finance = (await listHolders(tx, 'finance', 'finance_manager')).map((person) => person.id);
      const to = { channel: 'finance', otherwise: finance } as const;
      await leaveTraces(tx, ctx, {
        audit: [
          {
            action: 'unclaimed.recorded',
            subjectType: 'unclaimed',
            subjectId: id,
            after: { number, receivedOn, replacesId, ...fields },
          },
        ],
        rewrites: await rejectionRewrites(tx, replacesId, `replaced:${id}`),
        notices: [
          ...cardIn(id, to),
          // Whoever's customer the payer is looks into finance's channel as a rule not.
          ...(await ownersOfPayer(tx, fields.payerName))
            .filter((ownerId) => ownerId !== actor.id)
            .flatMap((user) => cardIn(id, { user })),
        ],
        homes: [actor.id, ...finance],
      });
      return money;
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'unclaimed_slip_key')) throw error;
    const taken = await ctx.db.unclaimedMoney.findFirst({
      where: { bankSlipNo: fields.bankSlipNo, withdrawnAt: null },
    });
    throw new DomainError('receipt.duplicate_slip', { number: taken?.number ?? '' }, 'bankSlipNo');
  }
}

/** The card in one place, and in its thread the vouchers that the money came with. */
function cardIn(unclaimedId: string, to: Notice['to']): Notice[] {
  const keyIn = (base: string) => ('user' in to ? personalKey(base, to.user) : base);
  const threadOf = keyIn(unclaimedCardKey(unclaimedId));
  const payload = { unclaimedId };
  const vouchers = keyIn(`unclaimed.vouchers:${unclaimedId}`);
  return [
    notice({ kind: 'unclaimed.card', key: threadOf, to, payload }),
    notice({ kind: 'unclaimed.vouchers', key: vouchers, to, threadOf, payload }),
  ];
}

/** The owner of the only customer whom the payer's name names, if they record money; else nobody. */
async function ownersOfPayer(tx: Tx, payerName: string | null): Promise<string[]> {
  if (payerName === null) return [];
  const search = { words: payerName, scope: null, activeOnly: true, order: 'name', limit: 20 } as const;
  const found = matchingCustomers(search, null);
  const customers = await tx.$queryRaw<{ ownerId: string; mayRecord: boolean; names: (string | null)[] }[]>`
    SELECT k.owner_id::text AS "ownerId", u.active AND u.roles::text[] && ${rolesFor('receipt.record')}::text[] AS "mayRecord",
      ARRAY[k.name, k.short_name, k.tax_title] || k.related_payers AS names
    FROM customer k JOIN app_user u ON u.id = k.owner_id WHERE k.id = ANY(ARRAY(${found}))`;
  const payer = twinKey(payerName);
  const named = customers.filter(({ names }) =>
    names.some((name) => name !== null && twinKey(name) === payer),
  );
  const [only] = named;
  return named.length === 1 && only?.mayRecord ? [only.ownerId] : [];
}

/** The same amount within a few days, for a customer or unclaimed, and a customer's same slip are asked about. */
async function refuseTwin(
  tx: Tx,
  input: Pick<ReturnType<typeof unclaimedInput.parse>, 'amount' | 'currency' | 'receivedOn' | 'bankSlipNo'>,
  notDuplicate: NotDuplicate,
): Promise<void> {
  if (notDuplicate === true) return;
  const { amount, currency, receivedOn, bankSlipNo } = input;
  const said = { amount, currency };
  const near = {
    receivedOn: {
      gte: toUtcDate(addDays(receivedOn, -DUPLICATE_WINDOW_DAYS)),
      lte: toUtcDate(addDays(receivedOn, DUPLICATE_WINDOW_DAYS)),
    },
  };
  const same = {
    OR: [{ ...near, OR: [said, asOriginal(said)] }, ...(bankSlipNo === null ? [] : sameNumber([bankSlipNo]))],
  };
  const orderBy = { id: 'desc' } as const;
  const waiting = await tx.unclaimedMoney.findFirst({
    where: { ...said, ...near, withdrawnAt: null },
    orderBy,
  });
  const recorded = await tx.receipt.findFirst({
    where: { ...same, kind: { in: [...MONEY_IN_KINDS] }, status: { in: [...LIVE_STATUSES] } },
    orderBy,
  });
  // Money that was claimed is that receipt.
  const isClaimed = waiting !== null && recorded?.unclaimedId === waiting.id;
  await askAboutTwins(tx, [waiting, isClaimed ? null : recorded], notDuplicate);
}

/**
 * Holds unclaimed money for a receipt that claims it: one claim lives at a time.
 * @throws DomainError not_found; unclaimed.claimed (by whom, as what); unclaimed.withdrawn
 */
export async function lockUnclaimed(tx: Tx, unclaimedId: string): Promise<UnclaimedMoney> {
  const money = await lockRow(tx, 'unclaimed_money', unclaimedId);
  if (!money) throw new DomainError('not_found', { ref: '' });
  if (money.withdrawnAt) throw new DomainError('unclaimed.withdrawn', { number: money.number });
  const claim = await tx.receipt.findFirst({ where: { unclaimedId, status: { in: [...LIVE_STATUSES] } } });
  if (!claim) return money;
  const people = await findPeople(tx, [claim.recordedById]);
  throw new DomainError('unclaimed.claimed', {
    who: people.get(claim.recordedById)?.name ?? '',
    number: claim.number,
  });
}

/**
 * Takes back what was recorded by mistake: its recorder, or finance, while nobody has claimed it.
 * @throws DomainError not_found, access.denied, unclaimed.claimed, unclaimed.withdrawn
 */
export async function withdrawUnclaimed(ctx: Ctx, unclaimedId: string): Promise<UnclaimedMoney> {
  return transact(ctx.db, async (tx) => {
    const locked = await lockRow(tx, 'unclaimed_money', unclaimedId);
    // The second click of one who was in a hurry.
    if (locked?.withdrawnById === ctx.actor.id) return locked;
    const before = await lockUnclaimed(tx, unclaimedId);
    if (before.recordedById !== ctx.actor.id || !can(ctx.actor, 'receipt.record'))
      authorize(ctx.actor, 'receipt.approve');
    const money = await tx.unclaimedMoney.update({
      where: { id: unclaimedId },
      data: {
        withdrawnAt: ctx.now,
        withdrawnById: ctx.actor.id,
        updatedAt: ctx.now,
        version: { increment: 1 },
      },
    });
    const finance = await listHolders(tx, 'finance', 'finance_manager');
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'unclaimed.withdrawn',
          subjectType: 'unclaimed',
          subjectId: unclaimedId,
          before: { amount: before.amount, payerName: before.payerName },
        },
      ],
      notices:
        before.recordedById === ctx.actor.id
          ? []
          : [
              notice({
                kind: 'unclaimed.withdrawn',
                key: `unclaimed.withdrawn:${unclaimedId}`,
                to: { user: before.recordedById },
                payload: { unclaimedId },
              }),
            ],
      rewrites: [
        {
          key: unclaimedCardKey(unclaimedId),
          kind: 'unclaimed.card',
          payload: { unclaimedId },
          tag: money.version,
        },
      ],
      homes: [money.recordedById, ...finance.map((person) => person.id)],
    });
    return money;
  });
}
