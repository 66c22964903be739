// Digests, escalation cases and the finance channel's list of the day, from facts as they are when they are sent.
import { can, visibleOwners } from '../../domain/access.js';
import { findFollowUp } from '../../domain/follow-ups/follow-up.queries.js';
import { localDate } from '../../domain/local-date.js';
import { findDelegate } from '../../domain/members/delegate.queries.js';
import { findPeople } from '../../domain/members/member.queries.js';
import { loadRows } from '../../domain/plans/instalment.queries.js';
import { findCaseCard, findCaseSummary } from '../../domain/reminders/case.queries.js';
import { DIGEST_ROWS } from '../../domain/reminders/digest.js';
import { findDigest } from '../../domain/reminders/digest.queries.js';
import { withoutFinanceOwner } from '../../domain/reminders/ladder.queries.js';
import { digestDate } from '../../domain/reminders/send-times.js';
import { listUnheld } from '../../domain/reminders/unheld-roles.service.js';
import { toleranceSql } from '../../domain/settings/tolerance.queries.js';
import { section } from '../../handlers/views/blocks.js';
import { type CaseLine, caseLine, isLoud } from '../../handlers/views/case-line-views.js';
import { caseCard, caseSummary, financeDue } from '../../handlers/views/case-views.js';
import { digestSheet } from '../../handlers/views/digest-sheet.js';
import { copyOf, digestCopy, digestMessage } from '../../handlers/views/digest-views.js';
import { unheldMessage } from '../../handlers/views/unheld-views.js';
import { writeSheet } from '../../sheets/write-sheet.js';
import { channelReader, personReader } from './reader.js';
import type { NoticeRenderers, RenderCtx } from './rendered.js';

export const reminderNotices: NoticeRenderers<
  | 'digest'
  | 'digest.copy'
  | 'digest.rows'
  | 'case.card'
  | 'case.line'
  | 'case.summary'
  | 'finance.due'
  | 'reminders.failing'
  | 'reminders.unheld'
> = {
  async digest(ctx, { userId, date }) {
    const data = await findDigest(ctx, userId, localDate(date));
    return data && digestMessage(data, personReader(ctx, data.actor));
  },

  async 'digest.copy'(ctx, { userId, date, delegateId }) {
    if (!(await standsIn(ctx, delegateId, userId))) return null;
    const data = await findDigest(ctx, userId, localDate(date));
    return data && digestCopy(data, personReader(ctx, data.actor));
  },

  async 'digest.rows'(ctx, { userId, date, delegateId }) {
    if (delegateId !== null && !(await standsIn(ctx, delegateId, userId))) return null;
    const data = await findDigest(ctx, userId, localDate(date));
    if (!data) return null;
    const { header, rows, name } = digestSheet(data, personReader(ctx, data.actor));
    if (rows.length <= DIGEST_ROWS) return null;
    const words = ctx.t('reminders:digest.file', { count: rows.length });
    const text = delegateId === null ? words : `${copyOf(data, ctx.t)} · ${words}`;
    return { text, blocks: [section(text)], files: [{ name, data: await writeSheet('xlsx', header, rows) }] };
  },

  async 'case.card'(ctx, { caseId }) {
    const data = await findCaseCard(ctx, caseId);
    return data && mayRead(ctx, data.row.ownerId) ? caseCard(data, channelReader(ctx)) : null;
  },

  async 'case.line'(ctx, { caseId, event, level, byId, receiptId, followUpId, quiet }) {
    const data = await findCaseCard(ctx, caseId);
    if (!data || !mayRead(ctx, data.row.ownerId)) return null;
    const people = await findPeople(ctx.db, byId === null ? [] : [byId]);
    const status = event === 'submitted' ? (['proposed', 'effective'] as const) : (['effective'] as const);
    const receipt = receiptId === null ? null : await findMoney(ctx, receiptId, data.row.id, status);
    const who = byId === null ? null : (people.get(byId)?.name ?? null);
    const followUp = followUpId === null ? null : await findFollowUp(ctx.db, followUpId);
    const facts = { event, level: level ?? data.level, who, receipt, followUp, quiet };
    const line = caseLine(data, facts, channelReader(ctx));
    return { ...line, broadcast: isLoud(event) && !quiet };
  },

  async 'case.summary'(ctx, { date }) {
    const data = await findCaseSummary(ctx, localDate(date), ctx.person ? visibleOwners(ctx.person) : 'all');
    return data.total === 0 ? null : caseSummary(data, channelReader(ctx));
  },

  async 'finance.due'(ctx, { date }) {
    // Tomorrow it is overdue, and its people's business. A person far to the west has the day until its next morning.
    if (date !== (ctx.person ? digestDate(ctx.now, ctx.company) : ctx.today)) return null;
    const found = await ctx.db.$queryRaw<{ id: string; ownerId: string; financeOwnerId: string | null }[]>`
      SELECT i.id::text, i.owner_id::text AS "ownerId", c.finance_owner_id::text AS "financeOwnerId"
      FROM instalment i JOIN contract c ON c.id = i.contract_id
      WHERE i.lifecycle = 'open' AND i.outstanding > ${toleranceSql(ctx.company)}
        AND EXISTS (
          SELECT 1 FROM reminder r JOIN reminder_rule l ON l.code = r.rule_code
          WHERE r.instalment_id = i.id AND r.due_epoch = i.due_epoch AND r.planned_on = ${date}::date
            AND r.status <> 'skipped' AND 'finance_owner' = ANY(l.roles)
            AND l.roles <> ARRAY['finance_owner'])
      ORDER BY i.outstanding DESC, i.id`;
    const theirs = await withoutFinanceOwner(ctx, found);
    if (theirs.length === 0) return null;
    const rows = await loadRows(
      ctx,
      theirs.map((row) => row.id),
    );
    const currencies = [...new Set(rows.map((row) => row.currency))].toSorted();
    const totals = currencies.map((currency) => ({
      currency,
      minor: rows.reduce((sum, row) => (row.currency === currency ? sum + row.outstanding : sum), 0n),
    }));
    return financeDue(rows, totals, channelReader(ctx));
  },

  async 'reminders.unheld'(ctx, { date }) {
    const roles = await listUnheld(ctx, localDate(date));
    return roles.length === 0 ? null : unheldMessage(roles, ctx.t);
  },

  async 'reminders.failing'(ctx) {
    const text = ctx.t('reminders:failing');
    return { text, blocks: [section(`⚠️ ${text}`)] };
  },
};

/** Whether somebody still stands in for a person: not ended meanwhile, gone, or without a role. */
async function standsIn(ctx: RenderCtx, delegateId: string, userId: string): Promise<boolean> {
  const [found, reader] = await Promise.all([
    findDelegate(ctx, { id: userId }),
    ctx.db.user.findUnique({ where: { id: delegateId } }),
  ]);
  if (!reader?.active || reader.roles.length === 0) return false;
  return found?.delegate?.slackUserId === reader.slackUserId;
}

/** A channel is told of all cases; a person only of rows that they (still) see, also where they were asked (rules §12). */
const mayRead = ({ person }: RenderCtx, ownerId: string): boolean =>
  !person || can(person, 'record.see', ownerId);

/** What a receipt brought to a row. */
async function findMoney(
  ctx: RenderCtx,
  receiptId: string,
  instalmentId: string,
  status: readonly ('proposed' | 'effective')[],
): Promise<CaseLine['receipt']> {
  const receipt = await ctx.db.receipt.findUnique({
    where: { id: receiptId },
    select: { number: true, allocations: { where: { instalmentId, status: { in: [...status] } } } },
  });
  if (!receipt) return null;
  const amount = receipt.allocations.reduce((sum, line) => sum + line.amount, 0n);
  return { number: receipt.number, amount, approvedBy: await listApprovers(ctx, receiptId) };
}

async function listApprovers({ db }: RenderCtx, receiptId: string): Promise<string[]> {
  const steps = await db.approvalStep.findMany({
    where: {
      decision: 'approved',
      approval: { subjectType: 'receipt', subjectId: receiptId, status: 'approved' },
    },
    orderBy: { seq: 'asc' },
    select: { decidedById: true },
  });
  const ids = [...new Set(steps.flatMap(({ decidedById }) => decidedById ?? []))];
  const people = await findPeople(db, ids);
  return ids.flatMap((id) => people.get(id)?.name ?? []);
}
