// Decisions by the name of what they are about: the engine's one decision, and the subject as it is after it.
import type { Ctx } from '../../src/ctx.js';
import { approve, reject, type Words, withdraw } from '../../src/domain/approvals/decisions.service.js';
import type { Contract, Instalment, Receipt } from '../../src/generated/prisma/client.js';

type By = (ctx: Ctx, approvalId: string, version: number) => Promise<unknown>;

const receipt = ({ db }: Ctx, id: string): Promise<Receipt> =>
  db.receipt.findUniqueOrThrow({ where: { id } });
const contract = ({ db }: Ctx, id: string): Promise<Contract> =>
  db.contract.findUniqueOrThrow({ where: { id } });
const changed = async ({ db }: Ctx, id: string): Promise<Contract> =>
  (await db.contractChange.findUniqueOrThrow({ where: { id }, include: { contract: true } })).contract;
const postponed = async ({ db }: Ctx, id: string): Promise<Instalment> =>
  (await db.postponement.findUniqueOrThrow({ where: { id }, include: { instalment: true } })).instalment;

export async function approveReceipt(...[ctx, id, version]: Parameters<By>) {
  const { outcome, subjectId } = await approve(ctx, id, version);
  return { outcome, receipt: await receipt(ctx, subjectId) };
}
export const rejectReceipt = async (ctx: Ctx, id: string, version: number, words: Words) =>
  receipt(ctx, (await reject(ctx, id, version, words)).subjectId);

export const approveContract = async (...[ctx, id, version]: Parameters<By>) =>
  contract(ctx, (await approve(ctx, id, version)).subjectId);
export const rejectContract = async (ctx: Ctx, id: string, version: number, words: Words) =>
  contract(ctx, (await reject(ctx, id, version, words)).subjectId);
export const withdrawContract = async (ctx: Ctx, id: string) =>
  contract(ctx, (await withdraw(ctx, id)).subjectId);

export const approveAmendment = async (...[ctx, id, version]: Parameters<By>) =>
  changed(ctx, (await approve(ctx, id, version)).subjectId);
export const rejectAmendment = async (ctx: Ctx, id: string, version: number, words: Words) =>
  changed(ctx, (await reject(ctx, id, version, words)).subjectId);
export const withdrawAmendment = async (ctx: Ctx, id: string) =>
  changed(ctx, (await withdraw(ctx, id)).subjectId);

export const approvePostponement = async (...[ctx, id, version]: Parameters<By>) =>
  postponed(ctx, (await approve(ctx, id, version)).subjectId);
export const rejectPostponement = async (ctx: Ctx, id: string, version: number, comment: string) =>
  postponed(ctx, (await reject(ctx, id, version, { comment })).subjectId);
export const withdrawPostponement = async (ctx: Ctx, id: string) =>
  postponed(ctx, (await withdraw(ctx, id)).subjectId);
