// Contracts with their plans out of a file, written as the forms write them (contracts/contract-insert.service.ts,
// plans/instalment-insert.service.ts). Drafts, or in force at once where they were approved outside.
import type { Ctx } from '../../ctx.js';
import { textsParam } from '../../db/bulk-records.js';
import type { Tx } from '../../db/client.js';
import { sendInTurn } from '../../db/send-in-turn.js';
import { mapInSlices } from '../../db/slices.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { recordAudit } from '../audit.service.js';
import { allowsEvent, contractInput } from '../contracts/contract.js';
import { contractStatements, searchTextOfContract } from '../contracts/contract-insert.service.js';
import { followAnchors } from '../contracts/move-rows.service.js';
import { newId } from '../ids.js';
import { fromUtcDate } from '../local-date.js';
import { takeNumbers } from '../numbering.service.js';
import { planStatements } from '../plans/instalment-insert.service.js';
import { planRow } from '../plans/plan.js';
import {
  type ContractFacts,
  contractChanges,
  decideContract,
  EDITABLE,
  type FindCustomer,
  type KnownContract,
  planOf,
} from './decide-contract.js';
import { importScope, ownerTest } from './import-access.js';
import type { StagedRow } from './import-row.js';
import { forceTest } from './in-force.service.js';
import type { DecidedRow, KindWork, Prepared } from './kind-work.service.js';
import { findCustomersOf, possibleOwners, textsOf } from './lookups.service.js';
import { importOptions } from './mapping.js';
import { isOfFile, recall, remembering } from './memory.service.js';

export const contractsImport: KindWork = {
  numbered: { field: 'number', counter: 'contract' },

  async decide(tx, ctx, job, rows) {
    const facts = await loadFacts(tx, ctx, job, rows);
    return groupsOf(rows, (row) => row).flatMap((group) => decideContract(group, facts));
  },

  async prepare(ctx, _job, rows) {
    const groups = groupsOf(rows, (row) => row).flatMap((group) => {
      const [leader] = group;
      return leader?.outcome === 'new' ? [{ leader, group }] : [];
    });
    const missing = groups.filter(({ leader }) => leader.fields.number === undefined).length;
    const numbers = await takeNumbers(ctx, 'contract', missing);
    const made = await mapInSlices(groups, ({ leader: { line, fields }, group }) => {
      const number = typeof fields.number === 'string' ? fields.number : (numbers.shift() ?? '');
      const searchText = searchTextOfContract(String(fields.name), number);
      return [line, { number, searchText, contract: contractOf(ctx, fields, group) }] as const;
    });
    return new Map(made);
  },

  async apply(tx, ctx, job, rows, prepared) {
    await insertNew(tx, ctx, job, rows, prepared);
    await updateChanged(tx, ctx, rows);
  },
};

function groupsOf<T>(items: readonly T[], rowOf: (item: T) => StagedRow): T[][] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const { groupLine } = rowOf(item);
    const group = groups.get(groupLine);
    if (group) group.push(item);
    else groups.set(groupLine, [item]);
  }
  return [...groups.values()];
}

/** What the rows of a new contract say; its customer is not known yet. */
function contractOf(ctx: Ctx, fields: StagedRow['fields'], group: readonly StagedRow[]) {
  const input = contractInput.parse({ ...fields, customerId: '', amount: BigInt(String(fields.amount)) });
  const plan = (planOf(group) ?? []).map((part, index) =>
    planRow.parse({ ...part, name: part.name ?? partName(ctx, index + 1) }),
  );
  return { input, plan };
}

async function loadFacts(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  rows: readonly StagedRow[],
): Promise<ContractFacts> {
  const { inForce } = importOptions.parse(job.options ?? {});
  const { actor } = ctx;
  const findCustomer = await findCustomersOf(tx, importScope(actor, 'contracts', job), 'contracts', rows);
  return {
    findCustomer,
    byNumber: await findContracts(tx, textsOf(rows, 'number')),
    ...(await recall(tx, 'contracts', job, rows)),
    twinOf: await twinFinder(tx, job, rows, findCustomer),
    owners: await possibleOwners(tx),
    mayImportFor: ownerTest(actor, 'contract.import'),
    refusesForce: inForce ? await forceTest(tx, ctx, rows, findCustomer) : null,
  };
}

/** Contracts with which one without a number may be the same; a signing day that only one of them names tells nothing. */
async function twinFinder(
  tx: Tx,
  job: ImportJob,
  rows: readonly StagedRow[],
  findCustomer: FindCustomer,
): Promise<ContractFacts['twinOf']> {
  const unnumbered = rows.filter(({ fields }) => fields.number === undefined);
  const customers = textsOf(unnumbered, 'customer').flatMap((ref) => findCustomer(ref).map(({ id }) => id));
  if (customers.length === 0) return () => undefined;
  const found = await tx.$queryRaw<
    { number: string; customerId: string; amount: bigint; currency: string; signedOn: Date | null }[]
  >`
    SELECT c.number, c.customer_id::text AS "customerId", c.amount, c.currency, c.signed_on AS "signedOn" FROM contract c
    WHERE c.customer_id = ANY(${customers}::uuid[]) AND c.amount = ANY(${textsOf(unnumbered, 'amount')}::bigint[])
      AND c.deleted_at IS NULL AND c.status <> 'void' AND NOT ${isOfFile('c', 'contracts', job)} ORDER BY c.id`;
  return ({ customerId, amount, currency, signedOn }) =>
    found.find(
      (one) =>
        one.customerId === customerId &&
        one.amount === amount &&
        one.currency === currency &&
        (one.signedOn === null || signedOn === null || fromUtcDate(one.signedOn) === signedOn),
    );
}

async function findContracts(tx: Tx, numbers: string[]): Promise<Map<string, KnownContract>> {
  // Mostly there is none, and the client takes long over a list of hundreds.
  const taken = await tx.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT c.id::text FROM unnest(${textsParam(numbers)}) n(number)
    CROSS JOIN LATERAL (SELECT o.id FROM contract o WHERE o.number = n.number OFFSET 0) c`;
  if (taken.length === 0) return new Map();
  const found = await tx.contract.findMany({ where: { id: { in: taken.map(({ id }) => id) } } });
  return new Map(
    found.map((contract) => {
      const fields = EDITABLE.flatMap((key) => {
        const value = contract[key];
        if (value === null) return [];
        return [[key, value instanceof Date ? fromUtcDate(value) : value] as const];
      });
      return [
        contract.number,
        {
          ...contract,
          editable: allowsEvent(contract.status, 'edit'),
          deleted: contract.deletedAt !== null,
          fields: Object.fromEntries(fields),
        },
      ];
    }),
  );
}

async function insertNew(
  tx: Tx,
  ctx: Ctx,
  job: ImportJob,
  rows: readonly DecidedRow[],
  prepared: Prepared,
): Promise<void> {
  const { inForce } = importOptions.parse(job.options ?? {});
  const status = inForce ? ('active' as const) : ('draft' as const);
  const fresh = groupsOf(
    rows.filter(({ decision }) => decision.outcome === 'new'),
    ({ row }) => row,
  ).flatMap((group) => {
    const [leader] = group;
    const ready = leader && prepared.get(leader.row.line);
    const { customerId = null, ownerId = null } = leader?.decision ?? {};
    if (!leader || !ready?.contract || customerId === null || ownerId === null) return [];
    const { number, searchText } = ready;
    const { plan } = ready.contract;
    const input = { ...ready.contract.input, customerId };
    const planned = plan.reduce((sum, row) => sum + row.amount, 0n);
    const id = newId(ctx.now);
    const contract = {
      id,
      number,
      searchText,
      ownerId,
      input,
      ...(inForce && { status, planIncomplete: planned < input.amount }),
    };
    const key = leader.row.fields.number === undefined ? leader.row.rowKey : null;
    return [{ contract, plan, key, lines: group.map(({ row }) => row.line) }];
  });
  await freeNumbers(
    tx,
    ctx,
    fresh.map(({ contract }) => contract.number),
  );
  const plans = fresh.map(({ contract: { input, ...row }, plan }) => ({
    contract: { ...row, customerId: input.customerId, currency: input.currency, status },
    rows: plan,
  }));
  const made = fresh.map(({ contract, key, lines }) => ({ key, lines, subjectId: contract.id }));
  await sendInTurn(tx, [
    ...contractStatements(
      ctx,
      fresh.map(({ contract }) => contract),
    ),
    ...planStatements(ctx, plans),
    () => remembering(ctx, 'contracts', job, made),
  ]);
}

/** Numbers of drafts that were deleted: whoever deleted what a wrong file made brings it again under the same ones. */
async function freeNumbers(tx: Tx, ctx: Ctx, numbers: readonly string[]): Promise<void> {
  const freed = await tx.$queryRaw<{ id: string; was: string; number: string }[]>`
    UPDATE contract c SET number = c.number || '~' || right(c.id::text, 12), version = c.version + 1, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}::uuid
    FROM contract o WHERE o.id = c.id AND c.number = ANY(${[...numbers]}::text[]) AND c.deleted_at IS NOT NULL
    RETURNING c.id::text, o.number AS was, c.number`;
  await recordAudit(
    tx,
    ctx,
    ...freed.map(({ id, was, number }) => ({
      action: 'contract.renumbered',
      subjectType: 'contract',
      subjectId: id,
      before: { number: was },
      after: { number },
    })),
  );
}

const partName = (ctx: Ctx, seq: number): string => (ctx.company.locale === 'en' ? `#${seq}` : `第${seq}期`);

/** Drafts take what the file says otherwise. */
async function updateChanged(tx: Tx, ctx: Ctx, rows: readonly DecidedRow[]): Promise<void> {
  const wanted = rows.flatMap(({ row, decision }) =>
    decision.outcome === 'changed' && decision.subjectId !== null ? [{ row, id: decision.subjectId }] : [],
  );
  if (wanted.length === 0) return;
  const ids = wanted.map(({ id }) => id);
  await tx.$queryRaw`SELECT 1 FROM contract WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  const present = await tx.contract.findMany({ where: { id: { in: ids } } });
  const known = await findContracts(
    tx,
    present.map((contract) => contract.number),
  );
  const byId = new Map(present.map((contract) => [contract.id, contract]));
  const changes = wanted.flatMap(({ row, id }) => {
    const contract = byId.get(id);
    const before = contract && known.get(contract.number);
    if (!contract || !before?.editable) return [];
    const after = contractChanges(row, before);
    const name = String(after.name ?? contract.name);
    const searchText = searchTextOfContract(name, contract.number);
    return [{ id, before: before.fields, after, searchText }];
  });
  const json = JSON.stringify(
    changes.map(({ id, before, after, searchText }) => ({ id, ...before, ...after, searchText })),
  );
  await tx.$executeRaw`
    UPDATE contract c SET name = n.name, type = n.type, signed_on = n."signedOn", starts_on = n."startsOn", ends_on = n."endsOn", payment_method = n."paymentMethod",
      remark = n.remark, search_text = n."searchText", version = c.version + 1, updated_at = ${ctx.now},
      updated_by = ${ctx.actor.id}::uuid
    FROM json_to_recordset(${json}::json) AS n(id uuid, name text, type text, "signedOn" date, "startsOn" date, "endsOn" date, "paymentMethod" text,
      remark text, "searchText" text)
    WHERE c.id = n.id`;
  const signed = changes.filter(({ after }) => after.signedOn !== undefined).map(({ id }) => id);
  await followAnchors(tx, ctx, signed, ['signing']);
  await recordAudit(
    tx,
    ctx,
    ...changes.map(({ id, before, after }) => ({
      action: 'contract.edited',
      subjectType: 'contract',
      subjectId: id,
      before: Object.fromEntries(Object.keys(after).map((key) => [key, before[key] ?? null])),
      after,
    })),
  );
}
