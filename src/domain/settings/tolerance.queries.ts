// What is not worth a reminder, as queries ask it: so much of each row's currency (rules §6, §8). Reads nothing by itself.
import { Prisma } from '../../generated/prisma/client.js';
import { type SmallAmounts, smallDifferenceIn, toleranceIn, toleratedCurrencies } from './small-amounts.js';

/** In minor units of the currency of `i`, or of another alias: an expression. */
export const toleranceSql = (company: SmallAmounts, alias = 'i'): Prisma.Sql =>
  amountSql(company, toleranceIn, alias);

/** The most that may be let go as 尾差, as toleranceSql (rules §5). */
export const smallDifferenceSql = (company: SmallAmounts, alias = 'i'): Prisma.Sql =>
  amountSql(company, smallDifferenceIn, alias);

function amountSql(
  company: SmallAmounts,
  amountIn: (company: SmallAmounts, currency: string) => number | bigint,
  alias: string,
): Prisma.Sql {
  const cases = toleratedCurrencies(company).map(
    (currency) => Prisma.sql`WHEN ${currency} THEN ${amountIn(company, currency)}::bigint`,
  );
  return Prisma.sql`CASE ${Prisma.raw(alias)}.currency ${Prisma.join(cases, ' ')} ELSE 0 END`;
}

/** Rows with more open than that, or with no more. */
export function toleranceWhere(company: SmallAmounts, than: 'gt' | 'lte'): Prisma.InstalmentWhereInput {
  const known = toleratedCurrencies(company);
  return {
    OR: [
      ...known.map((currency) => ({ currency, outstanding: { [than]: toleranceIn(company, currency) } })),
      { currency: { notIn: known }, outstanding: { [than]: 0 } },
    ],
  };
}
