// What all rows of a file are read against, loaded once.
import type { Ctx } from '../../ctx.js';
import { signingRange } from '../contracts/contract.js';
import { latestPlanDate } from '../plans/plan.js';
import type { ImportMapping, ImportOptions } from './mapping.js';
import { peopleFinder } from './read-values.js';
import type { ReadContext } from './row-cells.js';

/** The company's lists and people, and the days that rows may name. */
export async function readContext(
  ctx: Ctx,
  mapping: ImportMapping,
  options: ImportOptions,
): Promise<ReadContext> {
  const { settings, baseCurrency } = ctx.company;
  const people = await ctx.db.user.findMany({
    where: { active: true },
    select: { id: true, name: true, email: true, slackUserId: true },
  });
  return {
    mapping,
    options,
    today: ctx.today,
    latestPlan: latestPlanDate(ctx.today),
    signing: signingRange(ctx.today),
    baseCurrency,
    currencies: settings.currencies,
    customerTypes: settings.customerTypes,
    industries: settings.industries,
    contractTypes: settings.contractTypes,
    paymentMethods: settings.paymentMethods,
    findPerson: peopleFinder(people),
  };
}
