// A ladder as its window shows it: the steps that count, whose they are, and which others have one of their own.
import type { Ctx } from '../../ctx.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import type { LadderKind, LadderRule } from './ladder.js';
import { loadLadders } from './ladder.queries.js';
import { ownRules } from './ladder.service.js';
import { kindsOf, type LadderScope, ladderFinderByKind, rulesOfKind, type ScopeRef } from './ladders.js';

export interface LadderWindow extends ScopeRef {
  readonly kind: LadderKind;
  /** What it is for; null for the company. */
  readonly subject: LadderSubject | null;
  readonly rules: readonly LadderRule[];
  /** Whose rules these are: its own, or the next that counts. */
  readonly from: LadderScope;
  /** Templates that may have one of their own, and what has one by now; for the company's window. */
  readonly templates: readonly { readonly id: string; readonly name: string }[];
  readonly others: readonly (ScopeRef & { readonly subject: LadderSubject })[];
}

/** A template's or customer's name, in words of the data; of an instalment also which it is. */
export interface LadderSubject {
  readonly name: string;
  readonly place?: { readonly contract: string; readonly n: number };
}

const MAX_OTHERS = 20;

/** @throws DomainError access.denied, not_found */
export async function findLadder(ctx: Ctx, ref: ScopeRef & { kind: LadderKind }): Promise<LadderWindow> {
  authorize(ctx.actor, 'ladder.edit');
  if (!kindsOf(ref.scope).includes(ref.kind)) throw new DomainError('not_found', { ref: '' });
  const ladders = await loadLadders(ctx.db);
  const subject = await findSubject(ctx, ref);
  const own = ownRules(ladders, ref);
  const found = ladderFinderByKind(ladders)(subject.row, ref.kind);
  const inherited = { from: found.scope, rules: ownRules(ladders, { ...found, kind: ref.kind }) };
  const present = own.length > 0 ? { from: ref.scope, rules: own } : inherited;
  const base = { scope: ref.scope, id: ref.id, kind: ref.kind, subject: subject.subject, ...present };
  if (ref.scope !== 'company') return { ...base, templates: [], others: [] };
  const templates = await ctx.db.planTemplate.findMany({
    where: { deletedAt: null },
    orderBy: [{ code: 'asc' }, { id: 'asc' }],
    select: { id: true, code: true, name: true },
  });
  const having = ladders.own
    .filter((one) => rulesOfKind(one.rules, ref.kind).length > 0)
    .slice(0, MAX_OTHERS);
  const names = await namesOf(ctx, having);
  return {
    ...base,
    templates: templates.map(({ id, code, name }) => ({ id, name: `${code} ${name}` })),
    others: having.flatMap(({ scope, id }) => {
      const named = id === null ? undefined : names.get(id);
      return named === undefined ? [] : [{ scope, id, subject: named }];
    }),
  };
}

/** What the ladder is for, and the row whose ladder would count without one of its own. */
async function findSubject({ db }: Ctx, { scope, id }: ScopeRef) {
  const none = { id: '', customerId: '', templateId: null as string | null };
  const where = { id: id ?? '' };
  if (scope === 'company') return { subject: null, row: none };
  if (scope === 'customer') {
    const customer = await db.customer.findUnique({ where, select: { id: true, name: true } });
    if (customer) return { subject: { name: customer.name }, row: { ...none, customerId: customer.id } };
  }
  if (scope === 'template') {
    const template = await db.planTemplate.findUnique({
      where,
      select: { id: true, code: true, name: true },
    });
    if (template)
      return {
        subject: { name: `${template.code} ${template.name}` },
        row: { ...none, templateId: template.id },
      };
  }
  if (scope === 'instalment') {
    const row = await db.instalment.findUnique({
      where,
      include: { contract: { select: { number: true } } },
    });
    if (row)
      return {
        subject: { name: row.name, place: { contract: row.contract.number, n: row.seq } },
        row: { id: row.id, customerId: row.customerId, templateId: row.templateId },
      };
  }
  throw new DomainError('not_found', { ref: '' });
}

async function namesOf({ db }: Ctx, refs: readonly ScopeRef[]): Promise<Map<string, LadderSubject>> {
  const ids = (scope: LadderScope) =>
    refs.flatMap((one) => (one.scope === scope && one.id !== null ? [one.id] : []));
  const [customers, templates, rows] = await Promise.all([
    db.customer.findMany({ where: { id: { in: ids('customer') } }, select: { id: true, name: true } }),
    db.planTemplate.findMany({
      where: { id: { in: ids('template') } },
      select: { id: true, code: true, name: true },
    }),
    db.instalment.findMany({
      where: { id: { in: ids('instalment') } },
      select: { id: true, seq: true, name: true, contract: { select: { number: true } } },
    }),
  ]);
  return new Map([
    ...customers.map(({ id, name }): [string, LadderSubject] => [id, { name }]),
    ...templates.map(({ id, code, name }): [string, LadderSubject] => [id, { name: `${code} ${name}` }]),
    ...rows.map(({ id, seq, name, contract }): [string, LadderSubject] => [
      id,
      { name, place: { contract: contract.number, n: seq } },
    ]),
  ]);
}
