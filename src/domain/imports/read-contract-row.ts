// A row of contracts: a contract with instalments beside each other, or one instalment of the contract with that number.
// Pure.
import { contractInput } from '../contracts/contract.js';
import { planRow } from '../plans/plan.js';
import { MAX_PARTS } from './fields.js';
import { readAmount, readChoice, readLimit, readMethod } from './read-values.js';
import { foldKey, given, type ReadRow, type RowCells } from './row-cells.js';

/** An instalment as a row names it; no amount: the whole contract. */
export interface ContractPart {
  readonly name: string | null;
  readonly amount: string | null;
  readonly dueOn: string | null;
}

const MILESTONES = [
  ['shipment', 'shipmentOn'],
  ['acceptance', 'acceptanceOn'],
  ['warranty_end', 'warrantyEndOn'],
] as const;

export function readContractRow(row: RowCells): Omit<ReadRow, 'errors'> {
  const { contractTypes, paymentMethods, options, signing, latestPlan: max } = row.context;
  const number = row.text('number');
  const customer = row.required('customer');
  const currency = row.currency();
  const amountText = row.required('amount');
  const amount = amountText === '' ? null : row.read('amount', (text) => readAmount(text, currency));
  const type =
    row.read('type', (text) => readChoice(text, contractTypes)) ??
    options.contractType ??
    (row.text('type') === null ? row.refuse('type', 'required') : null);
  const planned = (field: string): string | null => {
    const date = row.date(field);
    if (date !== null && date > max) row.refuse(field, 'date_too_far', { max });
    return date;
  };
  const milestones: Record<string, string> = {};
  for (const [kind, field] of MILESTONES) {
    const expectedOn = planned(field);
    if (expectedOn !== null) milestones[kind] = expectedOn;
  }
  const said = {
    number,
    customer,
    name: row.text('name') ?? number ?? customer,
    amount: amount?.toString(),
    currency,
    type,
    signedOn: row.date('signedOn'),
    startsOn: planned('startsOn'),
    endsOn: planned('endsOn'),
    milestones,
    paymentMethod: row.read('paymentMethod', (text) => readMethod(text, paymentMethods)),
    remark: row.text('remark'),
    isVoid: isVoid(row.text('partState')) || null,
    adjusted: adjustedOf(row, currency),
    partSeq: placeOf(row.text('partSeq')),
    parts: readParts(row, currency, amount),
  };
  const fields = given(said);
  if (row.errors.length === 0) {
    const checked = contractInput.safeParse({ ...said, customerId: '', amount });
    if (!checked.success) row.schema(checked.error.issues);
  }
  if (number !== null && number.length > 40 && [...number].length > 40)
    row.refuse('number', 'too_long', { max: 40 });
  const { signedOn, startsOn, endsOn } = fields;
  if (typeof signedOn === 'string' && (signedOn < signing.from || signedOn > signing.to))
    row.refuse('signedOn', 'date_signing', { ...signing });
  if (typeof startsOn === 'string' && typeof endsOn === 'string' && endsOn < startsOn)
    row.refuse('endsOn', 'ends_before_start', { start: startsOn });
  const key =
    number === null
      ? JSON.stringify([
          foldKey(customer),
          fields.name,
          fields.amount,
          currency,
          fields.signedOn,
          fields.parts,
        ])
      : foldKey(number);
  return { fields, ownerId: row.owner(), key, unique: number !== null };
}

/** A state as an exported list says it; other words say nothing about money. */
const isVoid = (state: string | null): boolean => state !== null && VOID.includes(foldKey(state));
const VOID = ['已作废', '作废', 'cancelled', 'void'];

/** What was written off of the instalment, as the cell says it. */
function adjustedOf(row: RowCells, currency: string): string | null {
  const adjusted = row.read('partAdjusted', (text) => readLimit(text, currency));
  return adjusted === null || adjusted === 0n ? null : row.text('partAdjusted');
}

/** The place among a contract's rows; whatever is no number says nothing about it. */
const placeOf = (text: string | null): number | null =>
  text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;

/** Instalments beside each other, and the one that a row of its own names: the fields of each, put together once. */
const PARTS = [...Array.from({ length: MAX_PARTS }, (_, index) => `part${index + 1}`), 'part'].map(
  (part) => ({
    single: part === 'part',
    fields: [`${part}Name`, `${part}Amount`, `${part}Due`] as const,
  }),
);

function readParts(row: RowCells, currency: string, whole: bigint | null): ContractPart[] {
  const { latestPlan: max } = row.context;
  const parts: ContractPart[] = [];
  for (const { single, fields } of PARTS) {
    if (!row.has(fields)) continue;
    const [nameField, amountField, dueField] = fields;
    const name = row.text(nameField);
    const amount = row.read(amountField, (text) => readAmount(text, currency));
    const dueOn = row.date(dueField);
    const dated = [amountField, dueField].some((field) => row.text(field) !== null);
    // Beside each other a name may stand in every row, also where the contract has no such instalment.
    if (!dated && (name === null || !single)) continue;
    if (!single && row.text(amountField) === null) row.refuse(amountField, 'plan_part');
    if (dueOn !== null && dueOn > max) row.refuse(dueField, 'date_too_far', { max });
    // An amount that could not be read must not become the whole contract.
    if (row.text(amountField) !== null && amount === null) continue;
    const checked = planRow.safeParse({ name: name ?? '1', amount: amount ?? whole ?? 1n, dueOn });
    if (!checked.success) row.schema(checked.error.issues, { name: nameField, amount: amountField });
    parts.push({ name, amount: amount?.toString() ?? null, dueOn });
  }
  return parts;
}
