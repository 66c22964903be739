// Customers out of a file: the same rows, search text and audit as the form makes (customers/customer-insert.service.ts).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { mapInSlices } from '../../db/slices.js';
import type { Customer } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { noteLimits } from '../customers/credit-event.service.js';
import { customerInput, twinKey } from '../customers/customer.js';
import {
  insertCustomers,
  searchColumns,
  searchTextOfCustomer,
} from '../customers/customer-insert.service.js';
import { mergedNamesOf } from '../customers/merged-names.queries.js';
import { newId } from '../ids.js';
import { takeNumbers } from '../numbering.service.js';
import { changedOnly } from '../versions.service.js';
import { type CustomerFacts, changesOf, decideCustomer, type KnownCustomer } from './decide-customer.js';
import { ownerTest } from './import-access.js';
import type { StagedRow } from './import-row.js';
import type { DecidedRow, KindWork, Prepared } from './kind-work.service.js';
import { findCustomerIds, findMerged, possibleOwners, textsOf } from './lookups.service.js';

const FIELDS = [
  'name',
  'shortName',
  'type',
  'industry',
  'address',
  'taxTitle',
  'taxNo',
  'bank',
  'bankAccount',
  'remark',
  'contacts',
] as const;

export const customersImport: KindWork = {
  numbered: { field: 'code', counter: 'customer' },

  async decide(tx, ctx, _job, rows) {
    const facts = await loadFacts(tx, ctx, rows);
    return rows.map((row) => decideCustomer(row, facts));
  },

  async prepare(ctx, _job, rows) {
    const fresh = rows.filter((row) => row.outcome === 'new');
    const codes = await takeNumbers(
      ctx,
      'customer',
      fresh.filter((row) => row.fields.code === undefined).length,
    );
    const made = await mapInSlices(fresh, ({ line, fields }) => {
      const number = typeof fields.code === 'string' ? fields.code : (codes.shift() ?? '');
      const customer = customerInput.parse(fields);
      const search = searchColumns(searchTextOfCustomer(number, customer));
      return [line, { number, customer, ...search }] as const;
    });
    return new Map(made);
  },

  async apply(tx, ctx, _job, rows, prepared) {
    await insertNew(tx, ctx, rows, prepared);
    await updateChanged(tx, ctx, rows);
  },
};

async function loadFacts(tx: Tx, ctx: Ctx, rows: readonly StagedRow[]): Promise<CustomerFacts> {
  const named = { names: textsOf(rows, 'name'), codes: textsOf(rows, 'code') };
  const taxNos = textsOf(rows, 'taxNo');
  const merged = await findMerged(tx, { ...named, codes: [] });
  const known = await tx.customer.findMany({
    where: {
      id: { in: [...(await findCustomerIds(tx, named)), ...merged.map(({ intoId }) => intoId)] },
      deletedAt: null,
    },
    orderBy: { id: 'asc' },
  });
  const gone = await tx.customer.findMany({
    where: { code: { in: named.codes }, deletedAt: { not: null } },
    select: { code: true, name: true, mergedIntoId: true, mergedInto: { select: { name: true } } },
  });
  const taxed =
    taxNos.length === 0
      ? []
      : await tx.customer.findMany({
          where: { taxNo: { in: taxNos }, deletedAt: null },
          orderBy: { id: 'desc' },
        });
  const mayImport = ownerTest(ctx.actor, 'customer.import');
  const all = known.map(asKnown);
  const byId = new Map(all.map((customer) => [customer.id, customer]));
  return {
    byName: nameFinder(all, mayImport),
    mergedByName: (name) => {
      const one = merged.find((other) => twinKey(other.name) === twinKey(name));
      return one && byId.get(one.intoId);
    },
    byTaxNo: new Map(taxed.flatMap((one) => (one.taxNo === null ? [] : [[one.taxNo, asKnown(one)]]))),
    byCode: new Map(all.map((customer) => [customer.code, customer])),
    goneByCode: new Map(
      gone.map(({ code, name, mergedInto, mergedIntoId }) => [
        code,
        { name: mergedInto?.name ?? name, intoId: mergedIntoId },
      ]),
    ),
    owners: await possibleOwners(tx),
    mayCreateFor: mayImport,
    mayEdit: mayImport,
    maySetCredit: can(ctx.actor, 'credit.edit'),
  };
}

/** Of several with one name the person's own counts, then the one that is written just so. */
function nameFinder(known: readonly KnownCustomer[], mayImport: (ownerId: string) => boolean) {
  const byName = new Map<string, KnownCustomer[]>();
  for (const customer of known) {
    const key = twinKey(customer.name);
    byName.set(key, [...(byName.get(key) ?? []), customer]);
  }
  return (name: string) => {
    const rank = (one: KnownCustomer) => Number(mayImport(one.ownerId)) * 2 + Number(one.name === name);
    return byName.get(twinKey(name))?.toSorted((a, b) => rank(b) - rank(a))[0];
  };
}

function asKnown(customer: Customer): KnownCustomer {
  const { id, code, name, ownerId } = customer;
  const fields = FIELDS.flatMap((field) =>
    customer[field] === null ? [] : [[field, customer[field]] as const],
  );
  const creditLimit = customer.creditLimit === null ? {} : { creditLimit: customer.creditLimit.toString() };
  return { id, code, name, ownerId, fields: { ...Object.fromEntries(fields), ...creditLimit } };
}

async function insertNew(tx: Tx, ctx: Ctx, rows: readonly DecidedRow[], prepared: Prepared): Promise<void> {
  const customers = rows.flatMap(({ row, decision }) => {
    const ready = prepared.get(row.line);
    if (decision.outcome !== 'new' || !ready?.customer || row.ownerId === null) return [];
    const { number: code, customer: input, searchText, searchGrams } = ready;
    const { ownerId } = row;
    return [{ id: newId(ctx.now), code, searchText, searchGrams, ownerId, input, creditLimit: limitOf(row) }];
  });
  await insertCustomers(tx, ctx, customers);
  await noteLimits(
    tx,
    ctx,
    customers.flatMap(({ id, creditLimit }) =>
      creditLimit === null ? [] : [{ customerId: id, from: null, to: creditLimit }],
    ),
  );
}

/** In minor units; null where the file does not say. */
const limitOf = ({ fields }: StagedRow): bigint | null =>
  typeof fields.creditLimit === 'string' ? BigInt(fields.creditLimit) : null;

/** What the file says otherwise; never the owner, never the code. */
async function updateChanged(tx: Tx, ctx: Ctx, rows: readonly DecidedRow[]): Promise<void> {
  const wanted = rows.flatMap(({ row, decision }) =>
    decision.outcome === 'changed' && decision.subjectId !== null ? [{ row, id: decision.subjectId }] : [],
  );
  if (wanted.length === 0) return;
  const ids = wanted.map(({ id }) => id);
  await tx.$queryRaw`SELECT 1 FROM customer WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  const present = await tx.customer.findMany({ where: { id: { in: ids }, deletedAt: null } });
  const byId = new Map(present.map((customer) => [customer.id, customer]));
  const merged = await mergedNamesOf(tx, ids);
  const maySetCredit = can(ctx.actor, 'credit.edit');
  const changes = wanted.flatMap(({ row, id }) => {
    const before = byId.get(id);
    if (!before) return [];
    const { status, defaultTermDays, defaultTemplateId, relatedPayers } = before;
    const input = customerInput.parse({
      // What a file does not say stays.
      ...{ status, defaultTermDays, defaultTemplateId, relatedPayers },
      ...asKnown(before).fields,
      ...changesOf(row, asKnown(before)),
    });
    const creditLimit = (maySetCredit ? limitOf(row) : null) ?? before.creditLimit;
    const after = { ...input, creditLimit };
    return [{ before, after, searchText: searchTextOfCustomer(before.code, input, merged.get(id)) }];
  });
  const json = JSON.stringify(
    changes.map(({ before, after, searchText }) => ({
      id: before.id,
      ...after,
      creditLimit: after.creditLimit?.toString() ?? null,
      ...searchColumns(searchText),
    })),
  );
  await tx.$executeRaw`
    UPDATE customer k SET short_name = n."shortName", type = n.type, industry = n.industry, contacts = n.contacts,
      address = n.address, tax_title = n."taxTitle", tax_no = n."taxNo", bank = n.bank, bank_account = n."bankAccount",
      remark = n.remark, credit_limit = n."creditLimit", search_text = n."searchText", search_grams = n."searchGrams", version = k.version + 1, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}::uuid
    FROM json_to_recordset(${json}::json) AS n(id uuid, "shortName" text, type text, industry text, contacts jsonb,
      address text, "taxTitle" text, "taxNo" text, bank text, "bankAccount" text, remark text, "creditLimit" bigint, "searchText" text, "searchGrams" text[])
    WHERE k.id = n.id`;
  await recordAudit(
    tx,
    ctx,
    ...changes.map(({ before, after }) => ({
      action: 'customer.edited',
      subjectType: 'customer',
      subjectId: before.id,
      before: changedOnly(before, after),
      after: changedOnly(after, before),
    })),
  );
  await noteLimits(
    tx,
    ctx,
    changes.flatMap(({ before, after }) =>
      after.creditLimit === before.creditLimit
        ? []
        : [{ customerId: before.id, from: before.creditLimit, to: after.creditLimit }],
    ),
  );
}
