// Reads plan templates. They hold no business data: everybody with a role may read them.
import type { Db, Tx } from '../../db/client.js';
import type { PlanTemplate, PlanTemplateLine } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { type Template, templateInput } from './template.js';

/** A template as it is kept. */
export interface StoredTemplate extends Template {
  readonly id: string;
  readonly version: number;
}

type Reader = { readonly db: Db | Tx };

/** All living templates by code. */
export async function listTemplates({ db }: Reader): Promise<StoredTemplate[]> {
  const rows = await db.planTemplate.findMany({
    where: { deletedAt: null },
    include: WITH_LINES,
    orderBy: [{ code: 'asc' }, { id: 'asc' }],
  });
  return rows.map(toTemplate);
}

/** One living template. @throws DomainError not_found */
export async function loadTemplate({ db }: { db: Db | Tx }, id: string): Promise<StoredTemplate> {
  const row = await db.planTemplate.findFirst({ where: { id, deletedAt: null }, include: WITH_LINES });
  if (!row) throw new DomainError('not_found', { ref: '' });
  return toTemplate(row);
}

/**
 * All living templates, the fitting ones first: the customer's default, then those made for this contract type or
 * customer type, then those for all, then the rest; each group by code. `preferred`: how many are fitting; `termDays`: the
 * customer's usual term.
 */
export async function listOfferedTemplates(
  ctx: Reader,
  target: { contractType: string; customerId: string },
): Promise<{ templates: StoredTemplate[]; preferred: number; termDays: number | null }> {
  const [templates, customer] = await Promise.all([
    listTemplates(ctx),
    ctx.db.customer.findUnique({
      where: { id: target.customerId },
      select: { type: true, defaultTemplateId: true, defaultTermDays: true },
    }),
  ]);
  const group = (template: StoredTemplate) => {
    if (template.id === customer?.defaultTemplateId) return 0;
    const { contractTypes, customerTypes } = template;
    const fits =
      (contractTypes.length === 0 || contractTypes.includes(target.contractType)) &&
      (customerTypes.length === 0 || customerTypes.includes(customer?.type ?? ''));
    if (!fits) return 3;
    return contractTypes.length + customerTypes.length > 0 ? 1 : 2;
  };
  const sorted = templates.toSorted((a, b) => group(a) - group(b));
  const preferred = sorted.filter((template) => group(template) < 3).length;
  return { templates: sorted, preferred, termDays: customer?.defaultTermDays ?? null };
}

const WITH_LINES = { lines: { orderBy: { seq: 'asc' } } } as const;

function toTemplate(row: PlanTemplate & { lines: PlanTemplateLine[] }): StoredTemplate {
  const parsed = templateInput.parse({
    ...row,
    lines: row.lines.map((line) => ({ ...line, anchorOffset: line.anchorOffset })),
  });
  return { ...parsed, id: row.id, version: row.version };
}
