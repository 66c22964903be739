// What the random sequences of test/long/money-model.test.ts are made of: kinds of steps, how often each comes, and what each
// is about.
import fc from 'fast-check';
import type { MoneyModel } from './money-model.js';
import {
  applyByItself,
  applyCredit,
  askMovement,
  decideMovement,
  moveMoney,
} from './money-movement-steps.js';
import {
  approveReceipt,
  claimMoney,
  recordMoney,
  rejectReceipt,
  withdrawWaiting,
} from './money-receipt-steps.js';
import {
  askToUndo,
  askToWriteOff,
  decideWriteOffs,
  moveMilestone,
  passDays,
  postponeRow,
} from './money-row-steps.js';
import { pickOf, type Turn, type World } from './money-world.js';

const KINDS = [
  'record',
  'record',
  'record',
  'claim',
  'approve',
  'approve',
  'approve',
  'reject',
  'withdraw',
  'ask',
  'ask',
  'decide',
  'decide',
  'apply',
  'apply',
  'auto',
  'reallocate',
  'writeOff',
  'writeOff',
  'small',
  'undo',
  'decideRow',
  'decideRow',
  'postpone',
  'milestone',
  'midnight',
] as const;
export const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  a: fc.nat({ max: 999 }),
  b: fc.nat({ max: 999 }),
  cents: fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 100, max: 15_000 })).map(BigInt),
  whole: fc.boolean(),
  no: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const STEPS: Readonly<Record<Step['kind'], (turn: Turn) => Promise<string>>> = {
  record: recordMoney,
  claim: claimMoney,
  approve: approveReceipt,
  reject: rejectReceipt,
  withdraw: withdrawWaiting,
  ask: askMovement,
  decide: decideMovement,
  apply: applyCredit,
  auto: applyByItself,
  reallocate: moveMoney,
  writeOff: askToWriteOff,
  small: askToWriteOff,
  undo: askToUndo,
  decideRow: decideWriteOffs,
  postpone: postponeRow,
  milestone: moveMilestone,
  midnight: passDays,
};

/** What there is nothing to do for is asked for instead. */
function instead({ model }: World, kind: Step['kind']): Step['kind'] {
  const receipts = [...model.receipts.values()];
  if (['approve', 'reject', 'withdraw'].includes(kind))
    return receipts.some((one) => one.status === 'submitted') ? kind : 'record';
  if (kind === 'decide') return receipts.some((one) => one.movement !== null) ? kind : 'ask';
  if (kind === 'decideRow') return [...model.rows.values()].some((one) => one.asked) ? kind : 'writeOff';
  return kind;
}

function isPromising(model: MoneyModel, kind: Step['kind'], id: string): boolean {
  const row = model.row(id);
  if (kind === 'undo') return row.asked === null && model.undoable(id) !== null;
  if (kind === 'writeOff') return row.lifecycle === 'open' && row.asked === null;
  if (kind === 'small')
    return row.lifecycle === 'open' && model.outstanding(id) <= 100n && model.received(id) > 0n;
  return kind === 'record' || kind === 'apply' ? model.room(id) > 0n : true;
}

/** Does one step in the app and in the model; @returns what it was, for the count of what was reached. */
export async function take(world: World, one: Step): Promise<string> {
  const { model } = world;
  const all = [...model.receipts.values()];
  const kind = instead(world, one.kind);
  // Mostly where there is something to do, else anywhere: refusals are steps too.
  const promising = world.rows.filter((id) => isPromising(model, kind, id));
  const closed = promising.filter((id) => model.row(id).lifecycle !== 'open');
  const wanted = one.b % 4 === 0 ? [] : one.b % 4 === 1 && closed.length > 0 ? closed : promising;
  const rowId = pickOf(wanted, one.a) ?? pickOf(world.rows, one.a) ?? '';
  const waiting = pickOf(
    all.filter((receipt) => receipt.status === 'submitted'),
    one.b,
  );
  const approved = all.filter((receipt) => receipt.status === 'approved');
  const isRefund = kind === 'ask' && one.a % 2 === 0;
  const credits = approved.filter((receipt) => model.unapplied(receipt) > 0n);
  const onBadDebt = approved.filter((receipt) => receipt.lines.some((line) => line.recovery));
  const preferred = isRefund || kind === 'apply' ? credits : one.b % 2 === 0 ? onBadDebt : [];
  const booked = pickOf(preferred, one.b) ?? pickOf(approved, one.b);
  const { today } = await world.company.system(world.now);
  const row = model.row(rowId);
  return STEPS[kind]({ world, one, kind, model, all, rowId, row, waiting, isRefund, booked, today });
}
